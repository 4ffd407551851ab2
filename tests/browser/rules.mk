# Looking at report pages in a browser: not part of `make test`, since it installs one.
#
#   make check-browser   install Chromium if need be; look at a sample and at the demo

BROWSER_PACKAGES := chromium chromium-driver curl jq
BROWSER_SAMPLE   := $(B)/browser/sample.html

$(B)/tests/browser/sample: $(B)/tests/browser/sample.o $(LINK_ARCHIVES)
	$(call quiet,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $< $(LINK_ARCHIVES) \
	    $(PKG_LIBS) -lcmocka -lm

$(BROWSER_SAMPLE): $(B)/tests/browser/sample
	@mkdir -p $(@D)
	$(call quiet,SAMPLE,$@)$< $@

.PHONY: check-browser
check-browser:
	@$(MAKE) --no-print-directory deps PACKAGES="$(PACKAGES) $(BROWSER_PACKAGES)"
	@$(MAKE) --no-print-directory all $(BROWSER_SAMPLE)
	@$(MAKE) --no-print-directory demo DEMO=short >$(B)/browser/demo.log
	@PAGES="$(BROWSER_SAMPLE) reports/out/demo-short.html" \
	    tests/run "" tests/browser/report.sh
