# The guest: user programs, and the kernel that carries them. `make kernel` builds
# build/kernel/crossbill-kernel.elf, and its twin without any instrumentation.

G := $(B)/kernel
GUEST_CC ?= gcc
# Code for a 486. No jump tables: nothing but code and constants in text. The compiler may
# not vectorise, call into a C library, or know the processor that it runs on.
GUEST_CFLAGS := -m32 -march=i486 -std=gnu11 -O2 -ffreestanding -fno-builtin -fno-pic \
    -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
    -mgeneral-regs-only -fno-reorder-functions -mstringop-strategy=rep_4byte \
    -fno-jump-tables -fno-strict-aliasing $(WARNINGS) -I.
GUEST_LDFLAGS := -m elf_i386 -nostdlib -z noexecstack --build-id=none \
    --no-warn-rwx-segments

# What runs in which image: the services' objects are the same in all of them.
SERVICES_FS := services/fs services/fs_cache services/fs_file
KERNEL_OBJECTS := $(patsubst kernel-trace/%,%,$(basename \
    $(wildcard kernel-trace/kernel/*.S kernel-trace/kernel/*.c))) \
    structures/monolithic structures/spin structures/exokernel \
    structures/mach_port structures/mach_message structures/mach_machine \
    $(SERVICES_FS) services/storage
PROGRAMS := root probe ping pong busy app_l3 app_mach app_trap app_exo fs storage fs_mach \
    storage_mach
APP := services/app services/worker services/visit
PROGRAM_root     := services/root services/selftest services/selftest_structures
PROGRAM_probe    := services/probe
PROGRAM_ping     := services/ping services/worker services/visit services/pong
PROGRAM_pong     := services/pong_main services/pong services/visit
PROGRAM_busy     := services/busy services/visit
PROGRAM_app_l3   := $(APP) structures/l3_user
PROGRAM_app_mach := $(APP) structures/mach_user
PROGRAM_app_trap := $(APP) structures/trap_user
PROGRAM_app_exo  := $(APP) structures/exokernel_user $(SERVICES_FS)
PROGRAM_fs       := services/fs_main services/visit structures/l3_user $(SERVICES_FS)
PROGRAM_storage  := services/storage_main services/visit structures/l3_user services/storage
PROGRAM_fs_mach      := services/fs_main services/visit structures/mach_user $(SERVICES_FS)
PROGRAM_storage_mach := services/storage_main services/visit structures/mach_user \
    services/storage

.PHONY: kernel kernel-twin
kernel: $(G)/crossbill-kernel.elf $(G)/crossbill-kernel-twin.elf
kernel-twin: $(G)/crossbill-kernel-twin.elf
all: kernel

# guest_rules DIRECTORY,FLAGS: one build of everything.
define guest_rules
$(1)/%.o: %.c $$(B)/flags kernel-trace/kernel/rules.mk
	@mkdir -p $$(@D)
	$$(call quiet,GUEST,$$<)$$(GUEST_CC) $$(GUEST_CFLAGS) $(2) -MMD -MP -c -o $$@ $$<
$(1)/%.o: %.S $$(B)/flags kernel-trace/kernel/rules.mk
	@mkdir -p $$(@D)
	$$(call quiet,GUEST,$$<)$$(GUEST_CC) -m32 $(2) -I. -Wa,-I$(1) -MMD -MP -c -o $$@ $$<
$(1)/kernel-trace/kernel/instrument.o: GUEST_CFLAGS += -falign-functions=512
$(1)/kernel-trace/services/announce.o: GUEST_CFLAGS += -falign-functions=128
$(1)/kernel-trace/kernel/images.o: $(PROGRAMS:%=$(1)/%.image)
$(1)/%.image: $(1)/%.elf
	$$(call quiet,COPY,$$@)objcopy -O binary $$< $$@
$(1)/crossbill-kernel$(3).elf: kernel-trace/kernel/kernel.ld \
    $(KERNEL_OBJECTS:%=$(1)/kernel-trace/%.o)
	$$(call quiet,LINK,$$@)ld $$(GUEST_LDFLAGS) -T $$< -o $$@ $$(filter %.o,$$^)
endef

# program_rules DIRECTORY,PROGRAM
define program_rules
$(1)/$(2).elf: kernel-trace/services/program.ld \
    $(patsubst %,$(1)/kernel-trace/%.o,services/start services/announce $(PROGRAM_$(2)))
	$$(call quiet,LINK,$$@)ld $$(GUEST_LDFLAGS) -T $$< -o $$@ $$(filter %.o,$$^)
endef

$(eval $(call guest_rules,$(G),,))
$(eval $(call guest_rules,$(G)/twin,-DCROSSBILL_TWIN,-twin))
$(foreach p,$(PROGRAMS),$(eval $(call program_rules,$(G),$(p))))
$(foreach p,$(PROGRAMS),$(eval $(call program_rules,$(G)/twin,$(p))))

$(G)/crossbill-kernel-twin.elf: $(G)/twin/crossbill-kernel-twin.elf
	$(call quiet,COPY,$@)cp $< $@

# The same services in all structures: `make structures` records scenario file in each.
STRUCTURES := l3-small l3-large mach spin exokernel monolithic
.PHONY: structures
structures: $(STRUCTURES:%=$(B)/structures/file-%.xbt)
$(B)/structures/file-%.xbt: $(G)/crossbill-kernel.elf | all
	@mkdir -p $(@D)
	$(B)/crossbill record file --structure $* -o $@
