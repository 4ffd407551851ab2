# A real sweep on a real Slurm, all of it on this computer: make check-slurm.
# It is no part of `make test`: it starts daemons, and takes half a minute.

SLURM_PACKAGES := slurm-wlm munge

.PHONY: check-slurm
check-slurm: deps
	@$(MAKE) --no-print-directory PACKAGES='$(SLURM_PACKAGES)' deps
	@$(MAKE) --no-print-directory all
	@tests/slurm/check.sh
