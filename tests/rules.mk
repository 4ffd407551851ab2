# Tests. Every test is a program that speaks TAP on standard output: C programs under
# tests/unit and tests/laws (cmocka), shell scripts tests/cases/*.sh and tests/kernel/*.sh.
# tests/run runs them all, two at a time, and closes with "N passed, N failed".

TEST_SOURCES  := $(wildcard tests/unit/*.c tests/laws/*.c)
TEST_PROGRAMS := $(patsubst %.c,$(B)/%,$(TEST_SOURCES))
TEST_HELPERS  := $(patsubst %.c,$(B)/%.o,$(wildcard tests/*.c))
TEST_SCRIPTS  := $(wildcard tests/cases/*.sh tests/kernel/*.sh)

$(TEST_PROGRAMS): $(B)/%: $(B)/%.o $(TEST_HELPERS) $(LINK_ARCHIVES)
	$(call quiet,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $< $(TEST_HELPERS) $(LINK_ARCHIVES) \
	    $(PKG_LIBS) -lcmocka -lm

.PHONY: test-run test-programs
test-programs: $(TEST_PROGRAMS)

-include tests/fuzz/rules.mk
-include tests/browser/rules.mk
-include tests/faults/rules.mk
-include tests/check.mk
test-programs: $(FUZZ_PROGRAMS) $(FAULT_PROGRAMS)

# `make test ONLY=codec` runs the tests whose name holds "codec".
test: deps
	@$(MAKE) --no-print-directory all test-programs
	@tests/run "$(ONLY)" $(TEST_PROGRAMS) $(FUZZ_PROGRAMS) $(FAULT_PROGRAMS) \
	    $(TEST_SCRIPTS)

# `make bench` prints ratios; see tests/bench/run.
$(B)/tests/bench/bench: $(B)/tests/bench/bench.o $(LINK_ARCHIVES)
	$(call quiet,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $< $(LINK_ARCHIVES) \
	    $(PKG_LIBS) -lm
bench: deps
	@$(MAKE) --no-print-directory all $(B)/tests/bench/bench
	@tests/bench/run
-include tests/slurm/rules.mk
