#include "fibres.h"

#include <cstdlib>
#include <vector>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace fibres {
namespace {

constexpr int WARP = 32;
constexpr size_t STACK = 64 * 1024;

#if defined(__x86_64__)

// Saves the registers that a function must keep, and the stack pointer to *save; then those of another stack come back.
extern "C" void fibresSwitch(void** save, void* load);
asm(R"(
.text
.globl fibresSwitch
.hidden fibresSwitch
.type fibresSwitch, @function
fibresSwitch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size fibresSwitch, .-fibresSwitch
)");

struct Context {
  void* pointer = nullptr;

  void prepare(char* stack, void (*entry)()) {
    // As if `entry` had been called: the stack pointer is 8 past a multiple of 16.
    auto** top = reinterpret_cast<void**>(stack + STACK);
    top[-1] = nullptr;
    top[-2] = reinterpret_cast<void*>(entry);
    pointer = top - 8;  // six registers, whatever they are
  }
};

void switchTo(Context& from, Context& to) {
  fibresSwitch(&from.pointer, to.pointer);
}

#else

struct Context {
  ucontext_t state;

  void prepare(char* stack, void (*entry)()) {
    getcontext(&state);
    state.uc_stack.ss_sp = stack;
    state.uc_stack.ss_size = STACK;
    state.uc_link = nullptr;
    makecontext(&state, entry, 0);
  }
};

void switchTo(Context& from, Context& to) {
  swapcontext(&from.state, &to.state);
}

#endif

enum class Waiting { NO, FOR_BLOCK, FOR_WARP, ENDED };

struct Fibre {
  Context context;
  char* stack = nullptr;
  Waiting waiting = Waiting::NO;
  unsigned generation = 0;
};

struct Warp {
  int live = 0;
  int arrived = 0;
  unsigned generation = 0;
  uint32_t lanes[2] = {0, 0};
  uint64_t words[2][WARP];
};

std::vector<Fibre> all;
std::vector<Warp> warps;
Context scheduler;
const std::function<void()>* theBody;
const std::function<void(int)>* theEnter;
int threads;
int step;  // from a thread to the one that runs after it
int current;
int liveThreads;
int arrivedThreads;
unsigned blockGeneration;
bool progress;

void openBlock() {
  blockGeneration++;
  arrivedThreads = 0;
  progress = true;
}

void openWarp(Warp& warp) {
  warp.generation++;
  warp.arrived = 0;
  warp.lanes[warp.generation & 1] = 0;
  progress = true;
}

bool mayRun(const Fibre& fibre, int thread) {
  switch (fibre.waiting) {
    case Waiting::NO:
      return true;
    case Waiting::FOR_BLOCK:
      return fibre.generation != blockGeneration;
    case Waiting::FOR_WARP:
      return fibre.generation != warps[thread / WARP].generation;
    default:
      return false;
  }
}

// Lets thread t go on, from a fibre or the scheduler.
void resume(int t, Context& from) {
  all[t].waiting = Waiting::NO;
  current = t;
  (*theEnter)(t);
  switchTo(from, all[t].context);
}

// Goes to the next thread at once if it may run: back to the scheduler and on from there would be two switches.
void yield() {
  Context& self = all[current].context;
  int next = current + step;
  if (next >= 0 && next < threads && mayRun(all[next], next)) {
    resume(next, self);
  } else {
    switchTo(self, scheduler);
  }
}

void entry() {
  (*theBody)();
  all[current].waiting = Waiting::ENDED;
  progress = true;
  // Who has ended is not waited for.
  liveThreads--;
  if (liveThreads > 0 && arrivedThreads == liveThreads) {
    openBlock();
  }
  Warp& warp = warps[current / WARP];
  warp.live--;
  if (warp.live > 0 && warp.arrived == warp.live) {
    openWarp(warp);
  }
  for (;;) {
    yield();
  }
}

}  // namespace

bool run(
    int count, bool descending, const std::function<void(int)>& enter,
    const std::function<void()>& body) {
  while (static_cast<int>(all.size()) < count) {
    all.emplace_back();
    all.back().stack = static_cast<char*>(std::aligned_alloc(64, STACK));
  }
  warps.assign((count + WARP - 1) / WARP, Warp());
  for (int t = 0; t < count; t++) {
    all[t].context.prepare(all[t].stack, entry);
    all[t].waiting = Waiting::NO;
    warps[t / WARP].live++;
  }
  theBody = &body;
  theEnter = &enter;
  threads = count;
  step = descending ? -1 : 1;
  liveThreads = count;
  arrivedThreads = 0;
  blockGeneration = 0;
  while (liveThreads > 0) {
    progress = false;
    for (int i = 0; i < count; i++) {
      int t = descending ? count - 1 - i : i;
      if (mayRun(all[t], t)) {
        resume(t, scheduler);
        i = descending ? count - 1 - current : current;  // those between have run, too
      }
    }
    if (!progress) {
      return false;
    }
  }
  return true;
}

void awaitBlock() {
  Fibre& self = all[current];
  unsigned generation = blockGeneration;
  if (++arrivedThreads == liveThreads) {
    openBlock();
    return;
  }
  self.waiting = Waiting::FOR_BLOCK;
  self.generation = generation;
  yield();
}

const uint64_t* exchange(uint64_t word) {
  Fibre& self = all[current];
  Warp& warp = warps[current / WARP];
  unsigned generation = warp.generation;
  warp.words[generation & 1][current % WARP] = word;
  warp.lanes[generation & 1] |= 1u << current % WARP;
  if (++warp.arrived == warp.live) {
    openWarp(warp);
  } else {
    self.waiting = Waiting::FOR_WARP;
    self.generation = generation;
    yield();
  }
  return warp.words[generation & 1];
}

uint32_t participants() {
  // Of the exchange before the one that is being gathered now.
  const Warp& warp = warps[current / WARP];
  return warp.lanes[(warp.generation & 1) ^ 1];
}

}  // namespace fibres
