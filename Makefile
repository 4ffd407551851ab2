# crossbill: an itemised bill for every border crossing.
#
#   make          build build/crossbill (installs nothing; says what is missing);
#                 V=1 shows the commands
#   make deps     install what is missing, or print the one command that does
#   make demo     record, replay, and leave a report in reports/out/
#   make test     everything that must hold
#   make bench    speed, as ratios within one run
#   make install  to $(DESTDIR)$(prefix), /usr/local unless given (the library to
#                 $(libdir)); make uninstall. debian/ makes packages of it
#   make readme   renew what the README's examples print; make picture, its picture
#
# Each folder is one static library; kernel-trace/rules.mk builds the guest kernel and
# the QEMU plugin, tests/rules.mk the tests.

VERSION := 0.1.0
B       := build
# make's own default is "cc"; CC=clang on the command line or in the environment wins.
ifeq ($(origin CC),default)
CC := gcc
endif

# One short line per step; V=1 shows the commands. In a recipe:
#	$(call quiet,CC,$<)$(CC) ...
quiet = $(if $(filter 1,$(V)),,@printf '%-6s %s\n' '$(1)' '$(2)' && )

# What `make` itself needs, and what the demo and the tests need beside it.
BUILD_PACKAGES := libsqlite3-dev libcairo2-dev libpango1.0-dev libjansson-dev \
                  libzstd-dev zlib1g-dev liblzma-dev libzydis-dev pkg-config gcc-multilib
PACKAGES := $(BUILD_PACKAGES) qemu-system-x86 fonts-dejavu-core libcmocka-dev sqlite3 \
            shellcheck poppler-utils

LIBRARIES := sqlite3 cairo pangocairo jansson libzstd zlib liblzma
# Asked for only when something is compiled: `make deps` runs before they exist.
# -isystem keeps our warnings out of other people's headers.
PKG_CFLAGS = $(patsubst -I%,-isystem %,\
               $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null))
PKG_LIBS   = $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null) -lZydis

OPTIMISE ?= -O2
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla
CFLAGS_ALL = -std=gnu11 -g $(OPTIMISE) -fPIC -pthread $(WARNINGS) -D_GNU_SOURCE \
             -DCROSSBILL_VERSION='"$(VERSION)"' -I. $(PKG_CFLAGS_CACHED) $(CPPFLAGS) $(CFLAGS) \
             $(TREE_FLAGS)
# What all of a tree B is compiled with beside; tests/check.mk sets it.
TREE_FLAGS :=
PKG_CFLAGS_CACHED = $(eval PKG_CFLAGS_CACHED := $$(PKG_CFLAGS))$(PKG_CFLAGS_CACHED)

# ---- libraries: one per folder ----
FOLDERS := traces model viz reports recorder
SOURCES_traces   := $(wildcard traces/*.c)
SOURCES_model    := $(wildcard model/*.c)
SOURCES_viz      := $(wildcard viz/*.c)
SOURCES_reports  := $(wildcard reports/*.c)
SOURCES_recorder := $(filter-out kernel-trace/recorder/plugin%.c,\
                      $(wildcard kernel-trace/recorder/*.c))
SOURCES_cli      := $(wildcard cli/*.c)

objects = $(patsubst %.c,$(B)/%.o,$(SOURCES_$(1)))
ARCHIVES := $(foreach f,$(FOLDERS),$(B)/lib$(f).a)
# Static archives in the order in which arrows go down.
LINK_ARCHIVES := $(B)/libreports.a $(B)/librecorder.a $(B)/libviz.a $(B)/libmodel.a \
                 $(B)/libtraces.a

.DELETE_ON_ERROR:
.PHONY: all FORCE deps build-packages demo picture readme test bench clean check-tools \
        install uninstall
all: check-tools $(B)/crossbill $(B)/libcrossbill.a

$(B)/crossbill: $(call objects,cli) $(LINK_ARCHIVES)
	$(call quiet,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $(call objects,cli) $(LINK_ARCHIVES) \
	    $(PKG_LIBS) -lm

define archive_rule
$(B)/lib$(1).a: $(call objects,$(1))
	$$(call quiet,AR,$$@)rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS),$(eval $(call archive_rule,$(f))))

# For other programs: reading and writing traces, machines, replays and sweeps.
LIBRARY_HEADERS := traces/error.h traces/trace.h traces/check.h traces/salvage.h \
                   traces/dump.h traces/export.h traces/input.h traces/import.h \
                   traces/synth.h traces/output.h model/instruction.h model/machine.h \
                   model/chronicle.h model/model.h model/sweep.h
$(B)/libcrossbill.a: $(call objects,traces) $(call objects,model)
	$(call quiet,AR,$@)rm -f $@ && $(AR) rcs $@ $^

# What objects are compiled with; changes when that does, so that they are made anew.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(CC) $(CFLAGS_ALL))' >$@.new
	@cmp -s $@ $@.new && rm $@.new || mv $@.new $@
FORCE:

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call quiet,CC,$<)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Text files that stand in the program as they are.
$(B)/reports/embedded.o: $(wildcard reports/*.sql reports/*.css reports/*.js)

# ---- dependencies ----
# dpkg-query answers in milliseconds, so asking each time costs nothing. Where there is
# none, the compiler will say what is missing.
missing_of = $(shell command -v dpkg-query >/dev/null || exit 0; for p in $(1); do \
    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; \
    done)
APT = apt-get install -y --no-install-recommends

deps:
	@missing="$(strip $(call missing_of,$(PACKAGES)))"; test -z "$$missing" && exit 0; \
	if test "$$(id -u)" = 0; then as=; \
	elif sudo -n true 2>/dev/null; then as="sudo -n"; \
	else echo "missing packages; run: sudo $(APT) $$missing" >&2; exit 1; fi; \
	echo "installing: $$missing" >&2; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$as apt-get update -q >/dev/null && $$as $(APT) $$missing >/dev/null

# For debian/control, which must ask for the same.
build-packages:
	@echo $(BUILD_PACKAGES)

check-tools:
	@missing="$(strip $(call missing_of,$(BUILD_PACKAGES)))"; test -z "$$missing" || { \
	echo "missing packages: $$missing (make deps installs them)" >&2; exit 1; }

-include kernel-trace/rules.mk
-include kernel-trace/recorder/rules.mk
-include tests/rules.mk

# The program finds machines and studies beside itself, as it does the kernel and the
# plugin.
all: $(B)/machines $(B)/studies
$(B)/machines:
	@mkdir -p $(B)
	$(call quiet,LN,$@)ln -sfn ../model/machines $@
$(B)/studies:
	@mkdir -p $(B)
	$(call quiet,LN,$@)ln -sfn ../reports/studies $@

# ---- the demo: from nothing to a report ----
# The study l3-lesson: recordings are kept in build/demo, and made again only when the
# kernel or the recorder has changed. DEMO=short has fewer sizes.
DEMO_STUDY  := l3-lesson$(DEMO:%=-%)
DEMO_REPORT := reports/out/demo$(DEMO:%=-%).db
demo: deps
	@$(MAKE) --no-print-directory all
	@mkdir -p $(dir $(DEMO_REPORT))
	@$(B)/crossbill study $(DEMO_STUDY) --traces $(B)/demo --report $(DEMO_REPORT)

# The README's picture is one of the full demo's charts.
picture: demo
	cp reports/out/demo/domain-size-pentium-100.png reports/pictures/

# What the README's examples print.
readme: all
	dir=$$(mktemp -d) && PATH=$(CURDIR)/$(B):$$PATH awk -v dir="$$dir" \
	    -f tests/readme.awk README.md >$(B)/README.md && rm -r "$$dir" && \
	    cp $(B)/README.md README.md

# ---- installation ----
# The program finds its data in ../lib/crossbill, so the tree may be moved as a whole.
prefix ?= /usr/local
BINDIR  = $(DESTDIR)$(prefix)/bin
DATADIR = $(DESTDIR)$(prefix)/lib/crossbill
MANDIR  = $(DESTDIR)$(prefix)/share/man/man1
BASHDIR = $(DESTDIR)$(prefix)/share/bash-completion/completions
libdir ?= $(prefix)/lib
LIBDIR  = $(DESTDIR)$(libdir)
INCDIR  = $(DESTDIR)$(prefix)/include/crossbill
DOCDIR  = $(DESTDIR)$(prefix)/share/doc/crossbill

# Relative to itself, for the same reason.
define PC_FILE
prefix=$${pcfiledir}/@up@
libdir=$${pcfiledir}/..

Name: crossbill
Description: Traces of border crossings, replayed on described machines
Version: $(VERSION)
Requires: jansson libzstd zlib liblzma
Cflags: -I$${prefix}/include/crossbill
Libs: -L$${libdir} -lcrossbill -lZydis -pthread -lm
endef
export PC_FILE

install: all
	install -d $(BINDIR) $(DATADIR)/kernel $(DATADIR)/machines $(DATADIR)/studies \
	    $(MANDIR) $(BASHDIR) $(LIBDIR)/pkgconfig $(INCDIR)/traces $(INCDIR)/model \
	    $(DOCDIR)
	install $(B)/crossbill $(BINDIR)/
	install -m 644 $(B)/kernel/crossbill-kernel.elf $(DATADIR)/kernel/
	install -m 644 $(PLUGIN) $(DATADIR)/
	install -m 644 model/machines/*.json $(DATADIR)/machines/
	install -m 644 reports/studies/*.json $(DATADIR)/studies/
	$(B)/crossbill help --manual >$(MANDIR)/crossbill.1
	$(B)/crossbill help --completion >$(BASHDIR)/crossbill
	install -m 644 $(B)/libcrossbill.a $(LIBDIR)/
	install -m 644 $(filter traces/%,$(LIBRARY_HEADERS)) $(INCDIR)/traces/
	install -m 644 $(filter model/%,$(LIBRARY_HEADERS)) $(INCDIR)/model/
	up=$$(realpath -ms --relative-to='$(libdir)/pkgconfig' '$(prefix)') && \
	    printf '%s\n' "$$PC_FILE" | sed "s,@up@,$$up," >$(LIBDIR)/pkgconfig/crossbill.pc
	install -m 644 tests/example/ledger.c $(DOCDIR)/

uninstall:
	rm -rf $(DATADIR) $(INCDIR) $(DOCDIR)
	rm -f $(BINDIR)/crossbill $(MANDIR)/crossbill.1 $(BASHDIR)/crossbill \
	    $(LIBDIR)/libcrossbill.a $(LIBDIR)/pkgconfig/crossbill.pc

clean:
	rm -rf $(B)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
