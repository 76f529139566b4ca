/* PoCL, OpenCL on a CPU, as the GPU delegate of a phone takes it: libOpenCL.so, which it asks for first on phones too.
 *
 * The delegate wants devices of type GPU, and chooses by their vendor how to lay out tensors. On AMD's, after whom PoCL names
 * itself on such a CPU, it makes images from buffers, which PoCL refuses; on Intel's it stays with buffers. All other calls are
 * those of libOpenCL.so.1, which this library is linked with. Numbers: CL/cl.h.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CL_DEVICE_TYPE 0x1000
#define CL_DEVICE_NAME 0x102B
#define CL_DEVICE_VENDOR 0x102C
#define CL_DEVICE_TYPE_GPU 4
#define CL_DEVICE_TYPE_ALL 0xFFFFFFFF
#define CL_INVALID_VALUE -30

typedef int (*DeviceIds)(void *platform, uint64_t type, unsigned count, void **devices, unsigned *found);
typedef int (*DeviceInfo)(void *device, unsigned name, size_t size, void *value, size_t *needed);

static int answer(const void *content, size_t length, size_t size, void *value, size_t *needed) {
  if (needed) *needed = length;
  if (!value) return 0;
  if (size < length) return CL_INVALID_VALUE;
  memcpy(value, content, length);
  return 0;
}

int clGetDeviceIDs(void *platform, uint64_t type, unsigned count, void **devices, unsigned *found) {
  (void)type;
  return ((DeviceIds)dlsym(RTLD_NEXT, "clGetDeviceIDs"))(platform, CL_DEVICE_TYPE_ALL, count, devices, found);
}

int clGetDeviceInfo(void *device, unsigned name, size_t size, void *value, size_t *needed) {
  static const char vendor[] = "Intel", called[] = "Intel (PoCL on a CPU)";
  static const uint64_t type = CL_DEVICE_TYPE_GPU;
  switch (name) {
    case CL_DEVICE_TYPE: return answer(&type, sizeof type, size, value, needed);
    case CL_DEVICE_NAME: return answer(called, sizeof called, size, value, needed);
    case CL_DEVICE_VENDOR: return answer(vendor, sizeof vendor, size, value, needed);
    default: return ((DeviceInfo)dlsym(RTLD_NEXT, "clGetDeviceInfo"))(device, name, size, value, needed);
  }
}
