/* A plugin of QEMU that counts the instructions that a program executes, and says so at its end.
 *
 * QEMU installs no header for plugins: what is used of it is declared here (QEMU, include/qemu/qemu-plugin.h). A call for each
 * block of code, not an inline counter, because all versions have had that in the same form. API_VERSION is what the running
 * QEMU accepts.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PUBLIC __attribute__((visibility("default")))

typedef uint64_t PluginId;
struct qemu_plugin_tb;

void qemu_plugin_register_vcpu_tb_trans_cb(PluginId, void (*)(PluginId, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int flags, void *data);
void qemu_plugin_register_atexit_cb(PluginId, void (*)(PluginId, void *), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);

PUBLIC int qemu_plugin_version = API_VERSION;

static uint64_t executed;

static void count(unsigned processor, void *instructions) { executed += (uintptr_t)instructions; }

static void translated(PluginId id, struct qemu_plugin_tb *block) {
  qemu_plugin_register_vcpu_tb_exec_cb(block, count, 0, (void *)(uintptr_t)qemu_plugin_tb_n_insns(block));
}

static void say(PluginId id, void *data) { fprintf(stderr, "instructions %llu\n", (unsigned long long)executed); }

PUBLIC int qemu_plugin_install(PluginId id, const void *info, int count_of_arguments, char **arguments) {
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, say, NULL);
  return 0;
}
