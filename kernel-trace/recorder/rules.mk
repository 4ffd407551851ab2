# The QEMU plugin. The launcher is an ordinary library (librecorder.a, see the Makefile);
# image.c, which reads the kernel's notes, is in both.

PLUGIN         := $(B)/crossbill-recorder.so
PLUGIN_SOURCES := $(wildcard kernel-trace/recorder/plugin*.c)
PLUGIN_OBJECTS := $(patsubst %.c,$(B)/%.o,$(PLUGIN_SOURCES) kernel-trace/recorder/image.c)

# QEMU's functions are found when it loads the plugin; ours are kept out of its way.
$(PLUGIN): $(PLUGIN_OBJECTS) $(B)/libtraces.a kernel-trace/recorder/plugin.map
	$(call quiet,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -shared -Wl,--exclude-libs,ALL -Wl,--as-needed \
	    -Wl,--version-script=kernel-trace/recorder/plugin.map -o $@ $(PLUGIN_OBJECTS) \
	    $(B)/libtraces.a $(PKG_LIBS)

all: $(PLUGIN)

# A guest of the tests' own, which does what is hard to record.
RECORDER_GUEST := $(B)/tests/kernel/recorder_guest.elf
$(RECORDER_GUEST): tests/kernel/recorder_guest.S tests/kernel/recorder_guest.ld \
    kernel-trace/events.h
	@mkdir -p $(@D)
	$(call quiet,GUEST,$@)gcc -m32 -nostdlib -static -Wl,--build-id=none -z noexecstack -I. \
	    -T tests/kernel/recorder_guest.ld -o $@ $<

test-programs: $(RECORDER_GUEST)
