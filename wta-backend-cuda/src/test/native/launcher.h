// Kernels by name, and a grid's blocks one after the other.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "builtins.h"

namespace launcher {

struct Kernel {
  std::string source;
  std::function<void(void**)> call;
  char* sharedStart;
  char* sharedEnd;
};

// The kernel of that name, or null.
Kernel* find(const std::string& name);

bool hasSource(const std::string& source);

void add(const std::string& name, Kernel kernel);

template <typename... Arguments, size_t... I>
void unpack(void (*kernel)(Arguments...), void** pointers, std::index_sequence<I...>) {
  kernel(*static_cast<Arguments*>(pointers[I])...);
}

// Calls a kernel with the arguments that pointers point to, as the driver does.
template <typename... Arguments>
std::function<void(void**)> caller(void (*kernel)(Arguments...)) {
  return [kernel](void** pointers) {
    unpack(kernel, pointers, std::index_sequence_for<Arguments...>());
  };
}

struct Registration {
  template <typename F>
  Registration(const char* source, const char* name, F kernel, char* start, char* end) {
    add(name, Kernel{source, caller(kernel), start, end});
  }
};

// Blocks and threads in another order at every other launch: what depends on the order, shows.
template <typename Enter>
bool runGrid(const Kernel& kernel, Index3 grid, unsigned threads, void** pointers, Enter enter) {
  static bool descending = false;
  descending = !descending;
  blockDim = {threads, 1, 1};
  gridDim = grid;
  uint64_t blocks = static_cast<uint64_t>(grid.x) * grid.y * grid.z;
  std::function<void(int)> onEnter = enter;
  std::function<void()> body = [&] { kernel.call(pointers); };
  for (uint64_t i = 0; i < blocks; i++) {
    uint64_t b = descending ? blocks - 1 - i : i;
    blockIdx = {
        static_cast<unsigned>(b % grid.x),
        static_cast<unsigned>(b / grid.x % grid.y),
        static_cast<unsigned>(b / grid.x / grid.y)};
    if (kernel.sharedStart != nullptr) {
      std::memset(kernel.sharedStart, 0xff, kernel.sharedEnd - kernel.sharedStart);
    }
    if (!fibres::run(static_cast<int>(threads), descending, onEnter, body)) {
      return false;
    }
  }
  return true;
}

}  // namespace launcher
