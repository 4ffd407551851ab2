# Fuzz targets: tests/fuzz/NAME.c with seeds in tests/fuzz/seeds/NAME.
#
#   make fuzz SECONDS=60              each target for so long, under libFuzzer and the
#                                     address and undefined-behaviour sanitisers (clang)
#   make fuzz FUZZ=import SECONDS=60  those whose name holds "import"
#
# What a run finds worth keeping goes to build/fuzz/corpus, what crashes to build/fuzz.
# `make test` runs each target shortly, without clang.

FUZZ_SOURCES  := $(wildcard tests/fuzz/*.c)
FUZZ_SUPPORT  := tests/fuzz/support/fuzz.c
FUZZ_PROGRAMS := $(patsubst %.c,$(B)/%,$(FUZZ_SOURCES))
FUZZ_PACKAGES := clang libclang-rt-14-dev
FUZZ_NAMES    := $(basename $(notdir $(FUZZ_SOURCES)))
FUZZ_TARGETS   = $(if $(FUZZ),$(foreach f,$(FUZZ_NAMES),\
                   $(if $(findstring $(FUZZ),$f),$f)),$(FUZZ_NAMES))
SECONDS ?= 10
FUZZ    ?=

# Studies are read in cli/: its files but main, of which those that are needed are linked.
FUZZ_CLI := $(filter-out cli/main.c,$(SOURCES_cli))
$(B)/tests/fuzz/libcli.a: $(FUZZ_CLI:%.c=$(B)/%.o)
	$(call quiet,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(FUZZ_PROGRAMS): $(B)/%: $(B)/%.o $(B)/tests/fuzz/support/driver.o \
                          $(FUZZ_SUPPORT:%.c=$(B)/%.o) $(B)/tests/fuzz/libcli.a \
                          $(LINK_ARCHIVES)
	$(call quiet,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

FUZZ_FLAGS = -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined

# All but main, compiled by clang into a tree of its own.
$(B)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(call quiet,FUZZ,$<)clang $(CFLAGS_ALL) $(FUZZ_FLAGS) \
	    -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

FUZZ_OBJECTS = $(patsubst %.c,$(B)/fuzz/%.o,$(FUZZ_SUPPORT) $(SOURCES_traces) \
                 $(SOURCES_model))
$(B)/fuzz/libshown.a: $(patsubst %.c,$(B)/fuzz/%.o,$(SOURCES_reports) $(SOURCES_viz))
	$(call quiet,AR,$@)rm -f $@ && $(AR) rcs $@ $^
$(B)/fuzz/libcli.a: $(FUZZ_CLI:%.c=$(B)/fuzz/%.o)
	$(call quiet,AR,$@)rm -f $@ && $(AR) rcs $@ $^
$(B)/fuzz/run_%: $(B)/fuzz/tests/fuzz/%.o $(FUZZ_OBJECTS) $(B)/fuzz/libcli.a \
                 $(B)/fuzz/libshown.a
	$(call quiet,LINK,$@)clang $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS) \
	    -lpthread -lm

.PHONY: fuzz fuzz-deps
.SECONDARY:
fuzz-deps:
	@$(MAKE) --no-print-directory deps PACKAGES="$(PACKAGES) $(FUZZ_PACKAGES)"

fuzz: fuzz-deps
	@$(MAKE) --no-print-directory $(FUZZ_TARGETS:%=$(B)/fuzz/run_%)
	@for name in $(FUZZ_TARGETS); do \
	    mkdir -p $(B)/fuzz/corpus/$$name tests/fuzz/seeds/$$name; \
	    echo "$$name: $(SECONDS) seconds"; \
	    ASAN_OPTIONS=quarantine_size_mb=8:thread_local_quarantine_size_kb=64 \
	    $(B)/fuzz/run_$$name -max_total_time=$(SECONDS) -timeout=20 \
	        -rss_limit_mb=1024 -malloc_limit_mb=512 -max_len=65536 -print_final_stats=1 \
	        -artifact_prefix=$(B)/fuzz/$$name- $(B)/fuzz/corpus/$$name \
	        tests/fuzz/seeds/$$name >$(B)/fuzz/$$name.log 2>&1 || \
	    { tail -n 40 $(B)/fuzz/$$name.log; exit 1; }; \
	    grep -E 'number_of_executed_units|peak_rss' $(B)/fuzz/$$name.log; \
	done
