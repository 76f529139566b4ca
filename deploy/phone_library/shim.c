/* What Android's C library (bionic) has and glibc has not, so that Android builds of TensorFlow Lite load on Linux.
 *
 * It is linked as libc.so, bionic's soname; glibc's is libc.so.6. android_elf.py gives the calls below that differ between the
 * two libraries new names of the same length in the Android library, because glibc's own would be found first.
 * Sizes and constants: bionic/libc/include/{stdio,pthread,bits/sysconf}.h.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BIONIC_FILE_BYTES 152
#define BIONIC_MUTEX_BYTES 40

char __sF[3][BIONIC_FILE_BYTES]; /* bionic's stdin, stdout and stderr */

static FILE *real(void *file) {
  if (file == __sF[0]) return stdin;
  if (file == __sF[1]) return stdout;
  if (file == __sF[2]) return stderr;
  return (FILE *)file;
}

int vfprinTf(FILE *file, const char *format, va_list arguments) { return vfprintf(real(file), format, arguments); }

int fprinTf(FILE *file, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int written = vfprintf(real(file), format, arguments);
  va_end(arguments);
  return written;
}

int fputC(int character, FILE *file) { return fputc(character, real(file)); }
size_t fwritE(const void *data, size_t size, size_t count, FILE *file) { return fwrite(data, size, count, real(file)); }
int fflusH(FILE *file) { return fflush(real(file)); }
int filenO(FILE *file) { return fileno(real(file)); }

/* bionic numbers the names of sysconf in its own way. */
long sysconF(int name) {
  switch (name) {
    case 0x27: case 0x28: return sysconf(_SC_PAGESIZE);
    case 0x60: return sysconf(_SC_NPROCESSORS_CONF);
    case 0x61: return sysconf(_SC_NPROCESSORS_ONLN);
    default: errno = EINVAL; return -1;
  }
}

/* On ARM64 bionic's mutex is smaller than glibc's, whose initialization would write beyond it. */
int pthread_mutex_iniT(void *mutex, const void *attributes) {
  (void)attributes;
  memset(mutex, 0, BIONIC_MUTEX_BYTES);
  return 0;
}

/* bionic looks among all libraries and then in the caller's own: that is how TensorFlow Lite's Java part finds its XNNPACK. */
void *dlsyM(void *handle, const char *name) {
  void *found = dlsym(handle, name);
  Dl_info caller;
  if (found || handle != RTLD_DEFAULT || !dladdr(__builtin_return_address(0), &caller)) return found;
  void *own = dlopen(caller.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  return own ? dlsym(own, name) : NULL;
}

int *__errno(void) { return &errno; }

size_t __strlen_chk(const char *text, size_t most) {
  (void)most;
  return strlen(text);
}

/* Of Android 15; the Java part leaves XNNPACK out where no version is told. */
int __system_property_get(const char *name, char *value) {
  strcpy(value, strcmp(name, "ro.build.version.sdk") == 0 ? "35" : "");
  return strlen(value);
}

void android_set_abort_message(const char *text) { fprintf(stderr, "abort: %s\n", text); }

/* Android's log: to stderr, and as `logcat` prints it to the end of the file that APKILN_PHONE_LOG names. */
int __android_log_vprint(int level, const char *tag, const char *format, va_list arguments) {
  const char *path = getenv("APKILN_PHONE_LOG");
  FILE *log = path ? fopen(path, "a") : NULL;
  if (log) {
    va_list again;
    va_copy(again, arguments);
    fprintf(log, "%c/%s: ", level >= 2 && level <= 7 ? "VDIWEF"[level - 2] : '?', tag);
    vfprintf(log, format, again);
    fputc('\n', log);
    fclose(log);
    va_end(again);
  }
  fprintf(stderr, "%s: ", tag);
  vfprintf(stderr, format, arguments);
  return fputc('\n', stderr);
}
