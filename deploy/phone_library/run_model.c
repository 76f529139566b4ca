/* Loads or runs models through the C API of a TensorFlow Lite library, which is opened at run time.
 *
 *   run_model LIBRARY load MODEL...                      prints "yes" or "no" after what the library says of each model
 *   run_model LIBRARY run MODEL RUNS INPUTS OUTPUTS      raw bytes: the inputs of each run one after the other, likewise outputs
 *
 * `run` adds the XNNPACK delegate with its default options, as Android's Interpreter does; the C API alone would run TensorFlow
 * Lite's own kernels.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Code built for Android reads its stack guard at the thread pointer + 0x28: this keeps that place still. */
static __thread volatile char still[256];

typedef struct { char bytes[512]; } XnnpackOptions; /* larger than in any version */
typedef void *Handle;

static Handle library;

/* What Android's libraries have in their C library and glibc has in others: not every linker keeps those it sees no use of. */
static const char *const glibc_parts[] = {"libm.so.6", "libdl.so.2", "libpthread.so.0"};

static int fail(const char *why) {
  fprintf(stderr, "%s\n", why);
  return 1;
}

static void *function(const char *name) {
  void *found = dlsym(library, name);
  if (!found) exit(fail(dlerror()));
  return found;
}

static Handle make_interpreter(const char *path, int xnnpack) {
  Handle model = ((Handle(*)(const char *))function("TfLiteModelCreateFromFile"))(path);
  if (!model) return NULL;
  Handle options = ((Handle(*)(void))function("TfLiteInterpreterOptionsCreate"))();
  ((void (*)(Handle, int))function("TfLiteInterpreterOptionsSetNumThreads"))(options, 1);
  if (xnnpack) {
    XnnpackOptions given = ((XnnpackOptions(*)(void))function("TfLiteXNNPackDelegateOptionsDefault"))();
    int threads = 1;
    memcpy(&given, &threads, sizeof threads); /* the first field */
    Handle delegate = ((Handle(*)(const void *))function("TfLiteXNNPackDelegateCreate"))(&given);
    ((void (*)(Handle, Handle))function("TfLiteInterpreterOptionsAddDelegate"))(options, delegate);
  }
  return ((Handle(*)(Handle, Handle))function("TfLiteInterpreterCreate"))(model, options);
}

static int load(int count, char **models) {
  for (int k = 0; k < count; k++) puts(make_interpreter(models[k], 0) ? "yes" : "no");
  return 0;
}

static int run(const char *model, int runs, FILE *inputs, FILE *outputs) {
  if (!inputs || !outputs) return fail("the files of inputs and outputs can't be opened");
  Handle interpreter = make_interpreter(model, 1);
  if (!interpreter) return fail("no interpreter");
  if (((int (*)(Handle))function("TfLiteInterpreterAllocateTensors"))(interpreter)) return fail("no memory for its tensors");
  int (*count_inputs)(Handle) = (int (*)(Handle))function("TfLiteInterpreterGetInputTensorCount");
  int (*count_outputs)(Handle) = (int (*)(Handle))function("TfLiteInterpreterGetOutputTensorCount");
  Handle (*input)(Handle, int) = (Handle(*)(Handle, int))function("TfLiteInterpreterGetInputTensor");
  Handle (*output)(Handle, int) = (Handle(*)(Handle, int))function("TfLiteInterpreterGetOutputTensor");
  size_t (*size)(Handle) = (size_t(*)(Handle))function("TfLiteTensorByteSize");
  void *(*data)(Handle) = (void *(*)(Handle))function("TfLiteTensorData");
  int (*invoke)(Handle) = (int (*)(Handle))function("TfLiteInterpreterInvoke");
  for (int k = 0; k < runs; k++) {
    for (int i = 0; i < count_inputs(interpreter); i++) {
      Handle tensor = input(interpreter, i);
      if (fread(data(tensor), 1, size(tensor), inputs) != size(tensor)) return fail("the inputs end too early");
    }
    if (invoke(interpreter)) return fail("it fails while running");
    for (int i = 0; i < count_outputs(interpreter); i++) {
      Handle tensor = output(interpreter, i);
      fwrite(data(tensor), 1, size(tensor), outputs);
    }
  }
  return fclose(outputs);
}

int main(int count, char **words) {
  still[128] = 0;
  if (count < 4) return fail("usage: run_model LIBRARY load MODEL... | run MODEL RUNS INPUTS OUTPUTS");
  setvbuf(stdout, NULL, _IOLBF, 0); /* in order with what the library says on stderr */
  for (size_t k = 0; k < sizeof glibc_parts / sizeof *glibc_parts; k++) dlopen(glibc_parts[k], RTLD_NOW | RTLD_GLOBAL);
  library = dlopen(words[1], RTLD_NOW | RTLD_GLOBAL);
  if (!library) return fail(dlerror());
  if (strcmp(words[2], "load") == 0) return load(count - 3, words + 3);
  if (count != 7) return fail("usage: run_model LIBRARY run MODEL RUNS INPUTS OUTPUTS");
  return run(words[3], atoi(words[4]), fopen(words[5], "rb"), fopen(words[6], "wb"));
}
