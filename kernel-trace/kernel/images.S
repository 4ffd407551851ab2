/* images.S - the user programs, carried in the kernel's image. */
.macro image name
    .balign 4
    .globl image_\name, image_\name\()_end
image_\name:
    .incbin "\name\().image"
image_\name\()_end:
.endm

    .section .images, "a"
    image root
    image probe
    image ping
    image pong
    image busy
    image app_l3
    image app_mach
    image app_trap
    image app_exo
    image fs
    image storage
    image fs_mach
    image storage_mach
