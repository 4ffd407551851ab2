# What runs in the guest, and what records it.

include kernel-trace/kernel/rules.mk
