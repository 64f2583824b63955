// A driver and a compiler without a device: the calls that the backend makes, on the host's memory, with kernels that
// the host compiler built. Included by the file that holds the kernels. Where CUDA's own header is at hand, it holds the
// signatures to it.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "graphs.h"
#include "launcher.h"
#include "streams.h"

#if __has_include(<cuda.h>)
#include <cuda.h>
#else
typedef int CUresult;
typedef int CUdevice;
typedef int CUdevice_attribute;
typedef unsigned long long CUdeviceptr;
typedef struct CUctx_st* CUcontext;
typedef struct CUmod_st* CUmodule;
typedef struct CUfunc_st* CUfunction;
typedef struct CUstream_st* CUstream;
typedef struct CUevent_st* CUevent;
typedef struct CUgraph_st* CUgraph;
typedef struct CUgraphNode_st* CUgraphNode;
typedef struct CUgraphExec_st* CUgraphExec;
typedef int CUstreamCaptureMode;
struct CUgraphExecUpdateResultInfo {
  int result;
  CUgraphNode errorNode;
  CUgraphNode errorFromNode;
};
#define cuStreamBeginCapture cuStreamBeginCapture_v2
#define cuGraphExecUpdate cuGraphExecUpdate_v2
#define cuGraphInstantiate cuGraphInstantiateWithFlags
#endif

// What the backend gives room to.
static_assert(sizeof(CUgraphExecUpdateResultInfo) == 24);

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace launcher {

static std::map<std::string, Kernel>& kernels() {
  static std::map<std::string, Kernel> all;
  return all;
}

Kernel* find(const std::string& name) {
  auto found = kernels().find(name);
  return found == kernels().end() ? nullptr : &found->second;
}

bool hasSource(const std::string& source) {
  for (const auto& entry : kernels()) {
    if (entry.second.source == source) {
      return true;
    }
  }
  return false;
}

void add(const std::string& name, Kernel kernel) {
  kernels()[name] = std::move(kernel);
}

}  // namespace launcher

namespace {

constexpr int OUT_OF_MEMORY = 2;
constexpr int INVALID_VALUE = 1;
constexpr int INVALID_CONTEXT = 201;
constexpr int INVALID_IMAGE = 200;
constexpr int INVALID_HANDLE = 400;
constexpr int NOT_FOUND = 500;
constexpr int LAUNCH_FAILED = 719;
constexpr int CAPTURE_UNSUPPORTED = 900;
constexpr int CAPTURE_UNMATCHED = 903;
constexpr int UPDATE_FAILURE = 910;
constexpr size_t GUARD = 64;
constexpr unsigned char SPOILT = 0xff;  // NaN, read as numbers
constexpr const char* IMAGE = "host image of ";

struct Failure {
  int status;
  int after;
  int times;
};

std::mutex lock;
std::unordered_map<CUdeviceptr, size_t> allocations;
std::map<std::string, Failure> failures;
std::map<std::string, long> calls;
size_t held = 0;
size_t most = static_cast<size_t>(8) << 30;
long corruptions = 0;
int contexts = 0;
int events = 0;
int graphCount = 0;
int modules = 0;
int pinned = 0;
int libraries = 0;
int driverVersion = 13000;
size_t others = 0;  // memory that other processes hold
thread_local CUcontext current = nullptr;
constexpr int DEVICES = 2;
char contextOf[DEVICES];

// What a test asked this call to answer instead of doing its work; 0 where it asked for nothing.
int failing(const char* call) {
  calls[call]++;
  auto found = failures.find(call);
  if (found == failures.end() || found->second.times == 0) {
    return 0;
  }
  if (found->second.after > 0) {
    found->second.after--;
    return 0;
  }
  if (found->second.times > 0) {
    found->second.times--;
  }
  return found->second.status;
}

#define BEGIN(call)                            \
  std::lock_guard<std::mutex> guard(lock);     \
  if (int status = failing(call)) {            \
    return static_cast<CUresult>(status);      \
  }
#define IN_CONTEXT                                  \
  if (current == nullptr) {                         \
    return static_cast<CUresult>(INVALID_CONTEXT);  \
  }                                                 \
  if (streams::failed) {                            \
    return static_cast<CUresult>(LAUNCH_FAILED);    \
  }
// Stricter than a driver, which records events and copies, too: nothing but launches on a stream that is recorded.
#define NOT_RECORDED(stream)                           \
  if (of(stream)->captured != nullptr) {               \
    return static_cast<CUresult>(CAPTURE_UNSUPPORTED); \
  }
// A stream belongs to the context in which it was made.
#define ON_STREAM(stream)                          \
  IN_CONTEXT                                       \
  if (of(stream)->context != current) {            \
    return static_cast<CUresult>(INVALID_HANDLE);  \
  }
#define ANSWER(status) return static_cast<CUresult>(status)

bool inside(CUdeviceptr address, size_t bytes) {
  for (const auto& entry : allocations) {
    if (address >= entry.first && address + bytes <= entry.first + entry.second) {
      return true;
    }
  }
  return bytes == 0;
}

streams::Stream* of(CUstream stream) {
  return reinterpret_cast<streams::Stream*>(stream);
}

streams::Event* of(CUevent event) {
  return reinterpret_cast<streams::Event*>(event);
}

// What a kernel does with arguments, which are read now; nothing if a device would refuse it.
std::function<bool()> kernelCall(
    CUfunction function, Index3 grid, Index3 block, void** parameters) {
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || block.x == 0 || block.x > 1024 ||
      block.x % 32 != 0 || block.y != 1 || block.z != 1) {
    return nullptr;
  }
  auto* kernel = reinterpret_cast<launcher::Kernel*>(function);
  return [kernel, grid, block, call = kernel->bind(parameters)] {
    return launcher::runGrid(*kernel, grid, block.x, call, [](int thread) {
      threadIdx = {static_cast<unsigned>(thread), 0, 0};
    });
  };
}

}  // namespace

EXPORT CUresult cuInit(unsigned int) {
  BEGIN("cuInit")
  ANSWER(0);
}

EXPORT CUresult cuDriverGetVersion(int* version) {
  BEGIN("cuDriverGetVersion")
  *version = driverVersion;
  ANSWER(0);
}

EXPORT CUresult cuDeviceGetCount(int* count) {
  BEGIN("cuDeviceGetCount")
  *count = DEVICES;
  ANSWER(0);
}

EXPORT CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  BEGIN("cuDeviceGet")
  *device = ordinal;
  ANSWER(0);
}

EXPORT CUresult cuDeviceGetName(char* name, int length, CUdevice) {
  BEGIN("cuDeviceGetName")
  std::snprintf(name, length, "host compiler");
  ANSWER(0);
}

EXPORT CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice) {
  BEGIN("cuDeviceGetAttribute")
  *value = static_cast<int>(attribute) == 75 ? 9 : static_cast<int>(attribute) == 76 ? 0 : 1;
  ANSWER(0);
}

EXPORT CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice) {
  BEGIN("cuDeviceTotalMem")
  *bytes = most;
  ANSWER(0);
}

EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
  BEGIN("cuDevicePrimaryCtxRetain")
  contexts++;
  *context = reinterpret_cast<CUcontext>(&contextOf[device]);
  ANSWER(0);
}

EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice) {
  BEGIN("cuDevicePrimaryCtxRelease")
  contexts--;
  if (contexts == 0) {
    streams::failed = false;
  }
  ANSWER(0);
}

EXPORT CUresult cuCtxSetCurrent(CUcontext context) {
  BEGIN("cuCtxSetCurrent")
  current = context;
  ANSWER(0);
}

EXPORT CUresult cuStreamCreate(CUstream* stream, unsigned int) {
  BEGIN("cuStreamCreate")
  IN_CONTEXT
  auto* created = new streams::Stream();
  created->context = current;
  streams::all.insert(created);
  *stream = reinterpret_cast<CUstream>(created);
  ANSWER(0);
}

EXPORT CUresult cuStreamSynchronize(CUstream stream) {
  BEGIN("cuStreamSynchronize")
  ON_STREAM(stream)
  NOT_RECORDED(stream)
  streams::run(streams::end(of(stream)), true);
  ANSWER(streams::failed ? LAUNCH_FAILED : 0);
}

EXPORT CUresult cuStreamDestroy_v2(CUstream stream) {
  BEGIN("cuStreamDestroy")
  streams::run(streams::end(of(stream)), true);
  streams::all.erase(of(stream));
  delete of(stream);
  IN_CONTEXT
  ANSWER(0);
}

EXPORT CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned int) {
  BEGIN("cuStreamWaitEvent")
  ON_STREAM(stream)
  NOT_RECORDED(stream)
  streams::put(of(stream), {nullptr, of(event)->recorded, streams::CONTROL});
  ANSWER(0);
}

EXPORT CUresult cuEventCreate(CUevent* event, unsigned int) {
  BEGIN("cuEventCreate")
  IN_CONTEXT
  events++;
  *event = reinterpret_cast<CUevent>(new streams::Event());
  ANSWER(0);
}

EXPORT CUresult cuEventRecord(CUevent event, CUstream stream) {
  BEGIN("cuEventRecord")
  ON_STREAM(stream)
  NOT_RECORDED(stream)
  of(event)->recorded = streams::end(of(stream));
  ANSWER(0);
}

EXPORT CUresult cuEventSynchronize(CUevent event) {
  BEGIN("cuEventSynchronize")
  IN_CONTEXT
  if (!streams::happened(of(event)->recorded)) {
    streams::run(of(event)->recorded, true);
  }
  ANSWER(streams::failed ? LAUNCH_FAILED : 0);
}

EXPORT CUresult cuEventDestroy_v2(CUevent event) {
  BEGIN("cuEventDestroy")
  IN_CONTEXT
  events--;
  delete of(event);
  ANSWER(0);
}

EXPORT CUresult cuMemAlloc_v2(CUdeviceptr* address, size_t bytes) {
  BEGIN("cuMemAlloc")
  IN_CONTEXT
  if (held + others + bytes > most) {
    ANSWER(OUT_OF_MEMORY);
  }
  auto* memory = static_cast<unsigned char*>(std::aligned_alloc(256, (bytes + 2 * GUARD + 511) / 256 * 256));
  if (memory == nullptr) {
    ANSWER(OUT_OF_MEMORY);
  }
  std::memset(memory, SPOILT, bytes + GUARD);
  *address = reinterpret_cast<CUdeviceptr>(memory);
  allocations[*address] = bytes;
  held += bytes;
  ANSWER(0);
}

EXPORT CUresult cuMemFree_v2(CUdeviceptr address) {
  BEGIN("cuMemFree")
  IN_CONTEXT
  auto found = allocations.find(address);
  if (found == allocations.end()) {
    ANSWER(INVALID_VALUE);
  }
  streams::runAll();
  auto* memory = reinterpret_cast<unsigned char*>(address);
  for (size_t i = 0; i < GUARD; i++) {
    corruptions += memory[found->second + i] == SPOILT ? 0 : 1;
  }
  held -= found->second;
  std::memset(memory, SPOILT, found->second);
  allocations.erase(found);
  std::free(memory);
  ANSWER(0);
}

EXPORT CUresult cuMemGetInfo_v2(size_t* free, size_t* total) {
  BEGIN("cuMemGetInfo")
  IN_CONTEXT
  *free = most - held - others;
  *total = most;
  ANSWER(0);
}

EXPORT CUresult cuMemAllocHost_v2(void** memory, size_t bytes) {
  BEGIN("cuMemAllocHost")
  IN_CONTEXT
  pinned++;
  *memory = std::malloc(bytes);
  ANSWER(0);
}

EXPORT CUresult cuMemFreeHost(void* memory) {
  BEGIN("cuMemFreeHost")
  IN_CONTEXT
  pinned--;
  corruptions += streams::waits(streams::UPLOAD) ? 1 : 0;
  std::free(memory);
  ANSWER(0);
}

EXPORT CUresult cuMemcpyHtoDAsync_v2(
    CUdeviceptr to, const void* from, size_t bytes, CUstream stream) {
  BEGIN("cuMemcpyHtoDAsync")
  ON_STREAM(stream)
  NOT_RECORDED(stream)
  if (!inside(to, bytes)) {
    ANSWER(INVALID_VALUE);
  }
  auto copy = [=] {
    std::memcpy(reinterpret_cast<void*>(to), from, bytes);
    return true;
  };
  streams::put(of(stream), {copy, {}, streams::UPLOAD});
  ANSWER(0);
}

EXPORT CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream stream) {
  BEGIN("cuMemcpyDtoHAsync")
  ON_STREAM(stream)
  NOT_RECORDED(stream)
  if (!inside(from, bytes)) {
    ANSWER(INVALID_VALUE);
  }
  auto copy = [=] {
    std::memcpy(to, reinterpret_cast<void*>(from), bytes);
    return true;
  };
  streams::put(of(stream), {copy, {}, streams::KERNEL});
  ANSWER(0);
}

EXPORT CUresult cuModuleLoadData(CUmodule* module, const void* image) {
  BEGIN("cuModuleLoadData")
  IN_CONTEXT
  std::string text = static_cast<const char*>(image);
  if (text.rfind(IMAGE, 0) != 0 || !launcher::hasSource(text.substr(std::strlen(IMAGE)))) {
    ANSWER(INVALID_IMAGE);
  }
  modules++;
  *module = reinterpret_cast<CUmodule>(new std::string(text.substr(std::strlen(IMAGE))));
  ANSWER(0);
}

EXPORT CUresult cuModuleUnload(CUmodule module) {
  BEGIN("cuModuleUnload")
  IN_CONTEXT
  modules--;
  delete reinterpret_cast<std::string*>(module);
  ANSWER(0);
}

EXPORT CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
  BEGIN("cuModuleGetFunction")
  IN_CONTEXT
  launcher::Kernel* kernel = launcher::find(name);
  if (kernel == nullptr || kernel->source != *reinterpret_cast<std::string*>(module)) {
    ANSWER(NOT_FOUND);
  }
  *function = reinterpret_cast<CUfunction>(kernel);
  ANSWER(0);
}

EXPORT CUresult cuLaunchKernel(
    CUfunction function, unsigned int gridX, unsigned int gridY, unsigned int gridZ,
    unsigned int blockX, unsigned int blockY, unsigned int blockZ, unsigned int, CUstream stream,
    void** parameters, void**) {
  BEGIN("cuLaunchKernel")
  ON_STREAM(stream)
  auto call = kernelCall(function, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, parameters);
  if (!call) {
    ANSWER(INVALID_VALUE);
  }
  streams::launch(of(stream), function, std::move(call));
  ANSWER(0);
}

EXPORT CUresult cuStreamBeginCapture(CUstream stream, CUstreamCaptureMode mode) {
  BEGIN("cuStreamBeginCapture")
  ON_STREAM(stream)
  NOT_RECORDED(stream)
  if (static_cast<int>(mode) != 2) {
    ANSWER(INVALID_VALUE);
  }
  of(stream)->captured = new graphs::Graph();
  ANSWER(0);
}

EXPORT CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph) {
  BEGIN("cuStreamEndCapture")
  ON_STREAM(stream)
  if (of(stream)->captured == nullptr) {
    ANSWER(CAPTURE_UNMATCHED);
  }
  graphCount++;
  *graph = reinterpret_cast<CUgraph>(of(stream)->captured);
  of(stream)->captured = nullptr;
  ANSWER(0);
}

EXPORT CUresult cuGraphDestroy(CUgraph graph) {
  BEGIN("cuGraphDestroy")
  IN_CONTEXT
  graphCount--;
  delete reinterpret_cast<graphs::Graph*>(graph);
  ANSWER(0);
}

EXPORT CUresult cuGraphInstantiate(CUgraphExec* executable, CUgraph graph, unsigned long long) {
  BEGIN("cuGraphInstantiate")
  IN_CONTEXT
  graphCount++;
  *executable =
      reinterpret_cast<CUgraphExec>(new graphs::Graph(*reinterpret_cast<graphs::Graph*>(graph)));
  ANSWER(0);
}

EXPORT CUresult cuGraphExecUpdate(
    CUgraphExec executable, CUgraph graph, CUgraphExecUpdateResultInfo*) {
  BEGIN("cuGraphExecUpdate")
  IN_CONTEXT
  auto* made = reinterpret_cast<graphs::Graph*>(executable);
  auto* wanted = reinterpret_cast<graphs::Graph*>(graph);
  if (!made->isLike(*wanted)) {
    ANSWER(UPDATE_FAILURE);
  }
  *made = *wanted;
  ANSWER(0);
}

EXPORT CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream) {
  BEGIN("cuGraphLaunch")
  ON_STREAM(stream)
  NOT_RECORDED(stream)
  auto* made = reinterpret_cast<graphs::Graph*>(executable);
  streams::put(of(stream), {made->launch(), {}, streams::KERNEL});
  ANSWER(0);
}

EXPORT CUresult cuGraphExecDestroy(CUgraphExec executable) {
  BEGIN("cuGraphExecDestroy")
  IN_CONTEXT
  graphCount--;
  corruptions += streams::waits(streams::KERNEL) ? 1 : 0;
  delete reinterpret_cast<graphs::Graph*>(executable);
  ANSWER(0);
}

EXPORT CUresult cuGetErrorName(CUresult status, const char** name) {
  switch (static_cast<int>(status)) {
    case OUT_OF_MEMORY:
      *name = "CUDA_ERROR_OUT_OF_MEMORY";
      break;
    case LAUNCH_FAILED:
      *name = "CUDA_ERROR_LAUNCH_FAILED";
      break;
    case INVALID_CONTEXT:
      *name = "CUDA_ERROR_INVALID_CONTEXT";
      break;
    default:
      *name = "CUDA_ERROR_OF_THE_MOCK";
  }
  ANSWER(0);
}

#include "compiler.h"
#include "products.h"

// What tests ask of the mock itself.

// As if other code of the process had changed this thread's context.
EXPORT void mockForgetContext() {
  current = nullptr;
}

// The newest CUDA that the driver says it serves.
EXPORT void mockDriverVersion(size_t version) {
  std::lock_guard<std::mutex> guard(lock);
  driverVersion = static_cast<int>(version);
}

// How much memory other processes hold.
EXPORT void mockOthers(size_t bytes) {
  std::lock_guard<std::mutex> guard(lock);
  others = bytes;
}

// From its `after`-th next call on, `call` answers `status`, so many times; for ever if `times` is negative.
EXPORT void mockFail(const char* call, int status, int after, int times) {
  std::lock_guard<std::mutex> guard(lock);
  failures[call] = Failure{status, after, times};
}

EXPORT void mockMemory(size_t bytes) {
  std::lock_guard<std::mutex> guard(lock);
  most = bytes;
}

// Which kinds of work run as soon as they may, the sum of their numbers; the rest runs when it has to.
EXPORT void mockEarly(size_t kinds) {
  std::lock_guard<std::mutex> guard(lock);
  streams::early = static_cast<unsigned>(kinds);
}

EXPORT long mockCalls(const char* call) {
  std::lock_guard<std::mutex> guard(lock);
  return calls[call];
}

// Everything that was created and not given back.
EXPORT long mockHeld() {
  std::lock_guard<std::mutex> guard(lock);
  return static_cast<long>(allocations.size()) + contexts + events + modules + pinned +
      libraries + graphCount + static_cast<long>(streams::all.size());
}

// Bytes written behind the end of device memory.
EXPORT long mockCorruptions() {
  std::lock_guard<std::mutex> guard(lock);
  return corruptions;
}
