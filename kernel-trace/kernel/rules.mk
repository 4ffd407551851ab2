# The guest: user programs, and the kernel that carries them. `make kernel` builds
# build/kernel/crossbill-kernel.elf, and its twin without any instrumentation.

G := $(B)/kernel
GUEST_CC ?= gcc
# Code for a 486. No jump tables: nothing but code and constants in text. The compiler may
# not vectorise, call into a C library, or know the processor that it runs on.
GUEST_CFLAGS := -m32 -march=i486 -std=gnu11 -O2 -ffreestanding -fno-builtin -fno-pic \
    -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
    -mgeneral-regs-only -fno-jump-tables -fno-strict-aliasing $(WARNINGS) -I.
GUEST_LDFLAGS := -m elf_i386 -nostdlib -z noexecstack --build-id=none \
    --no-warn-rwx-segments

KERNEL_SOURCES := $(wildcard kernel-trace/kernel/*.S kernel-trace/kernel/*.c)
PROGRAMS := root probe ping pong
PROGRAM_root  := root
PROGRAM_probe := probe
PROGRAM_ping  := ping visit
PROGRAM_pong  := pong visit

.PHONY: kernel kernel-twin
kernel: $(G)/crossbill-kernel.elf $(G)/crossbill-kernel-twin.elf
kernel-twin: $(G)/crossbill-kernel-twin.elf
all: kernel

# guest_rules DIRECTORY,FLAGS: one build of everything.
define guest_rules
$(1)/%.o: %.c Makefile kernel-trace/kernel/rules.mk
	@mkdir -p $$(@D)
	$$(call quiet,GUEST,$$<)$$(GUEST_CC) $$(GUEST_CFLAGS) $(2) -MMD -MP -c -o $$@ $$<
$(1)/%.o: %.S Makefile kernel-trace/kernel/rules.mk
	@mkdir -p $$(@D)
	$$(call quiet,GUEST,$$<)$$(GUEST_CC) -m32 $(2) -I. -Wa,-I$(1) -MMD -MP -c -o $$@ $$<
$(1)/kernel-trace/kernel/instrument.o: GUEST_CFLAGS += -falign-functions=512
$(1)/kernel-trace/services/announce.o: GUEST_CFLAGS += -falign-functions=128
$(1)/kernel-trace/kernel/images.o: $(PROGRAMS:%=$(1)/%.image)
$(1)/%.image: $(1)/%.elf
	$$(call quiet,COPY,$$@)objcopy -O binary $$< $$@
$(1)/crossbill-kernel$(3).elf: kernel-trace/kernel/kernel.ld \
    $(patsubst %,$(1)/%.o,$(basename $(KERNEL_SOURCES)))
	$$(call quiet,LINK,$$@)ld $$(GUEST_LDFLAGS) -T $$< -o $$@ $$(filter %.o,$$^)
endef

# program_rules DIRECTORY,PROGRAM
define program_rules
$(1)/$(2).elf: kernel-trace/services/program.ld \
    $(patsubst %,$(1)/kernel-trace/services/%.o,start announce $(PROGRAM_$(2)))
	$$(call quiet,LINK,$$@)ld $$(GUEST_LDFLAGS) -T $$< -o $$@ $$(filter %.o,$$^)
endef

$(eval $(call guest_rules,$(G),,))
$(eval $(call guest_rules,$(G)/twin,-DCROSSBILL_TWIN,-twin))
$(foreach p,$(PROGRAMS),$(eval $(call program_rules,$(G),$(p))))
$(foreach p,$(PROGRAMS),$(eval $(call program_rules,$(G)/twin,$(p))))

$(G)/crossbill-kernel-twin.elf: $(G)/twin/crossbill-kernel-twin.elf
	$(call quiet,COPY,$@)cp $< $@
