# Longer looks at the program than `make test`:
#
#   make check-asan      the whole suite under the address and undefined-behaviour
#                        sanitisers, built in build/asan; ONLY=name runs some
#   make check-tsan      what runs in several threads under the thread sanitiser, built in
#                        build/tsan
#   make check-valgrind  a sample of the suite under valgrind
#   make check-deb       the Debian packages: built, looked at by lintian, used
#   make check-lint      warnings of gcc and clang, findings of cppcheck: none
#   make check-long      the long forms of what the suite does in short: KILLS kills of
#                        each command, LIMITS sizes of a full disk, FAULTS calls of each
#                        command that fail (FAULTS=each: all), each fuzz target for SECONDS under libFuzzer,
#                        each byte of a trace in each wrong value

.PHONY: check-deb check-asan check-asan-run check-tsan check-tsan-run check-valgrind check-lint check-long

# QEMU cannot load a plugin that is sanitised, nor need it be: it and the guest come from
# the plain tree, where the recorder's own tests look for it anyway.
# The flags go with the tree, not with CFLAGS: that would reach, by the environment, the
# tests that run make on the plain tree, and have that sanitised under the others.
ifeq ($(B),build/asan)
TREE_FLAGS := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
              -fno-sanitize-recover=undefined
endif
check-asan: deps
	@$(MAKE) --no-print-directory all test-programs
	@$(MAKE) --no-print-directory B=build/asan check-asan-run ONLY="$(ONLY)"
# *_failures and faults have an allocator of their own, and so has the address sanitiser.
check-asan-run: all test-programs
	@CROSSBILL=$(B)/crossbill CROSSBILL_DATA=$(CURDIR)/build \
	    UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS=print_suppressions=0:suppressions=$(CURDIR)/tests/lsan.txt \
	    tests/run "$(ONLY)" $(filter-out %_failures,$(TEST_PROGRAMS)) \
	    $(FUZZ_PROGRAMS) $(TEST_SCRIPTS)

# Replays, sweeps and the writer of traces; drawing is left out, since GLib is not built for
# this sanitiser and looks wrong to it.
TSAN_FLAGS := -O1 -fno-omit-frame-pointer -fsanitize=thread
TSAN_PROGRAMS = $(patsubst %,$(B)/tests/%,laws/ledger_repeat laws/sweep_exact unit/golden \
                  unit/large_pages unit/sweep_plan unit/sweep_resume \
                  unit/trace_file)
check-tsan: deps
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory B=build/tsan CFLAGS="$(TSAN_FLAGS)" \
	    check-tsan-run ONLY="$(ONLY)"
check-tsan-run: $(TSAN_PROGRAMS)
	@tests/run "$(ONLY)" $(TSAN_PROGRAMS)

# Each reader, the writers, the machines, and two verbs from their command lines.
VALGRIND := valgrind --quiet --error-exitcode=99 --leak-check=full
VALGRIND_PROGRAMS := $(patsubst %,$(B)/tests/unit/%,error machine_load trace_dump \
                       trace_file trace_output trace_salvage trace_synth report_store)
check-valgrind:
	@$(MAKE) --no-print-directory deps PACKAGES="$(PACKAGES) valgrind"
	@$(MAKE) --no-print-directory all test-programs
	@UNDER="$(VALGRIND)" tests/run "$(ONLY)" $(VALGRIND_PROGRAMS)
	@CROSSBILL="$(VALGRIND) $(B)/crossbill" tests/run "$(ONLY)" \
	    tests/cases/replay_csim.sh tests/cases/cli_import.sh
	@tests/run "$(ONLY)" tests/cachegrind/check.sh

LINT_SOURCES = $(foreach f,traces model viz reports cli,$(SOURCES_$(f))) \
               $(wildcard kernel-trace/recorder/*.c tests/*.c tests/*/*.c \
                          tests/fuzz/support/*.c)
CPPCHECK := cppcheck --quiet --error-exitcode=1 --std=c11 \
            --enable=warning,performance,portability --inline-suppr \
            --suppressions-list=tests/cppcheck.txt --suppress=missingIncludeSystem \
            -I. -D_GNU_SOURCE
check-lint:
	@$(MAKE) --no-print-directory deps PACKAGES="$(PACKAGES) clang cppcheck"
	@for file in $(LINT_SOURCES); do \
	    gcc $(CFLAGS_ALL) -Werror -fsyntax-only $$file && \
	    clang $(CFLAGS_ALL) -Werror -fsyntax-only $$file || exit 1; done
	@$(CPPCHECK) traces model viz reports cli kernel-trace/recorder tests
	@echo "$(words $(LINT_SOURCES)) files: no warnings of gcc and clang, nothing found by cppcheck"

check-long: KILLS := 100
check-long: LIMITS := 50
check-long: FAULTS := 400
check-long: SECONDS := 60
check-long: deps
	@$(MAKE) --no-print-directory all test-programs
	@CROSSBILL_LONG=yes KILLS=$(KILLS) LIMITS=$(LIMITS) FAULTS=$(FAULTS) \
	    tests/run "$(ONLY)" $(B)/tests/unit/trace_file $(B)/tests/unit/report_memory \
	    $(B)/tests/unit/report_failures $(B)/tests/laws/ledger_reference \
	    $(FAULT_PROGRAMS) $(wildcard tests/cases/killed_*.sh) tests/cases/disk_full.sh
	@$(MAKE) --no-print-directory fuzz SECONDS=$(SECONDS)

# The Debian packages, built from a copy of the tree; not part of `make test`, since it
# takes as long as building all of it again.
check-deb:
	@$(MAKE) --no-print-directory deps \
	    PACKAGES="$(PACKAGES) dpkg-dev debhelper lintian fakeroot"
	@$(MAKE) --no-print-directory all
	@tests/run "$(ONLY)" tests/debian/check.sh
