/* plugin_qemu.h - the few functions of QEMU's plugin interface, version 1 (QEMU 6 to 8),
 * that the recorder uses. Distributions do not package QEMU's own header. */
#ifndef CROSSBILL_PLUGIN_QEMU_H
#define CROSSBILL_PLUGIN_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QEMU_INTERFACE_VERSION 1

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;

enum qemu_callback_registers { QEMU_REGISTERS_UNTOUCHED };
enum qemu_access { QEMU_LOADS_AND_STORES = 3 };

struct qemu_plugin_info {
    const char *target_name;
    struct {
        int min, cur;
    } version;
    bool system_emulation;
};

typedef void qemu_translation_callback(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void qemu_fetch_callback(unsigned cpu, void *user);
typedef void qemu_data_callback(unsigned cpu, qemu_plugin_meminfo_t, uint64_t vaddr,
                                void *user);
typedef void qemu_end_callback(qemu_plugin_id_t, void *user);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, qemu_translation_callback *);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *,
                                            qemu_fetch_callback *,
                                            enum qemu_callback_registers, void *user);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *, qemu_data_callback *,
                                      enum qemu_callback_registers, enum qemu_access,
                                      void *user);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, qemu_end_callback *, void *user);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *);

bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t);
unsigned qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t, uint64_t vaddr);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *);

#endif
