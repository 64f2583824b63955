// Streams and events without a device. What is put on a stream runs when somebody has to have it, as late as the rules
// allow, or at once if a test asks for that: what is not waited for properly is then seen, or overwritten, too early.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <utility>

#include "graphs.h"

namespace streams {

// What a task is, for tests that want some of them run early.
enum Kind { CONTROL = 0, KERNEL = 1, UPLOAD = 2 };

struct Stream;

// A place in a stream: the end of what was put there until then.
struct Mark {
  Stream* stream = nullptr;
  uint64_t count = 0;
};

struct Task {
  std::function<bool()> work;  // false if it fails
  Mark after;                  // waits for this first
  Kind kind = CONTROL;
};

struct Stream {
  void* context = nullptr;
  std::deque<Task> waiting;
  uint64_t put = 0;
  uint64_t done = 0;
  graphs::Graph* captured = nullptr;  // what it is recorded into instead, if it is
};

struct Event {
  Mark recorded;
};

inline std::set<Stream*> all;
inline unsigned early = CONTROL;  // the kinds that run as soon as they may
inline bool failed = false;       // a task did: the context is lost

inline bool happened(const Mark& mark) {
  return mark.stream == nullptr || all.count(mark.stream) == 0 || mark.stream->done >= mark.count;
}

// Runs a stream up to a mark. What it has to wait for is run first if `force`; otherwise it stops there.
inline void run(const Mark& mark, bool force) {
  Stream& stream = *mark.stream;
  while (stream.done < mark.count) {
    Task& task = stream.waiting.front();
    if (!happened(task.after)) {
      if (!force) {
        return;
      }
      run(task.after, true);
    }
    if (task.work && !failed && !task.work()) {
      failed = true;
    }
    stream.waiting.pop_front();
    stream.done++;
  }
}

inline Mark end(Stream* stream) {
  return {stream, stream->put};
}

inline void put(Stream* stream, Task task) {
  Kind kind = task.kind;
  stream->waiting.push_back(std::move(task));
  stream->put++;
  if (early & kind) {
    run(end(stream), false);
  }
}

// Puts something that a graph may hold on a stream, or into the graph that is recorded.
inline void launch(Stream* stream, const void* kind, std::function<bool()> work) {
  if (stream->captured != nullptr) {
    stream->captured->nodes.push_back({kind, std::move(work)});
  } else {
    put(stream, {std::move(work), {}, KERNEL});
  }
}

inline void runAll() {
  for (Stream* stream : all) {
    run(end(stream), true);
  }
}

// Whether work of that kind has still to run.
inline bool waits(Kind kind) {
  for (const Stream* stream : all) {
    for (const Task& task : stream->waiting) {
      if (task.kind == kind) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace streams
