# Faults: tests/faults/*.c, programs that run crossbill with one call of it failing; the
# shim is what makes it fail.
FAULT_PARTS    := $(patsubst %,$(B)/tests/faults/%.o,run outcome judge cases)
FAULT_PROGRAMS := $(patsubst %,$(B)/tests/faults/%,memory disk reading)

$(B)/tests/faults/shim.so: $(B)/tests/faults/shim.o
	$(call quiet,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -shared -o $@ $<

$(FAULT_PROGRAMS): $(B)/%: $(B)/%.o $(FAULT_PARTS) | $(B)/tests/faults/shim.so
	$(call quiet,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ -lsqlite3 -lcmocka
