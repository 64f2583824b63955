// Kernels by name, and a grid's blocks one after the other.
#pragma once

#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "builtins.h"

namespace launcher {

struct Kernel {
  std::string source;
  // Reads the arguments that pointers point to, and answers a call with them, as the driver does.
  std::function<std::function<void()>(void**)> bind;
  char* sharedStart;
  char* sharedEnd;
};

// The kernel of that name, or null.
Kernel* find(const std::string& name);

bool hasSource(const std::string& source);

void add(const std::string& name, Kernel kernel);

template <typename... Arguments, size_t... I>
std::function<void()> bound(
    void (*kernel)(Arguments...), void** pointers, std::index_sequence<I...>) {
  std::tuple<std::remove_cv_t<Arguments>...> values(
      *static_cast<std::remove_cv_t<Arguments>*>(pointers[I])...);
  return [kernel, values] { std::apply(kernel, values); };
}

template <typename... Arguments>
std::function<std::function<void()>(void**)> binder(void (*kernel)(Arguments...)) {
  return [kernel](void** pointers) {
    return bound(kernel, pointers, std::index_sequence_for<Arguments...>());
  };
}

struct Registration {
  template <typename F>
  Registration(const char* source, const char* name, F kernel, char* start, char* end) {
    add(name, Kernel{source, binder(kernel), start, end});
  }
};

// Blocks and threads in another order at every other launch: what depends on the order, shows.
template <typename Enter>
bool runGrid(
    const Kernel& kernel, Index3 grid, unsigned threads, const std::function<void()>& body,
    Enter enter) {
  static bool descending = false;
  descending = !descending;
  blockDim = {threads, 1, 1};
  gridDim = grid;
  uint64_t blocks = static_cast<uint64_t>(grid.x) * grid.y * grid.z;
  std::function<void(int)> onEnter = enter;
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
