// Graphs of kernels without a device.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace graphs {

struct Node {
  std::vector<const Node*> after;
  std::function<bool()> work;
};

struct Graph {
  std::vector<std::unique_ptr<Node>> nodes;
};

struct Executable {
  const Graph* graph;
  std::vector<std::function<bool()>> work;  // of each node

  // Where the node is in the graph that this was made of; -1 if it is not.
  long place(const Node* node) const {
    for (size_t i = 0; i < graph->nodes.size(); i++) {
      if (graph->nodes[i].get() == node) {
        return static_cast<long>(i);
      }
    }
    return -1;
  }

  // The nodes' places in an order that keeps to what they wait for, and otherwise has the last first.
  std::vector<size_t> order() const {
    std::vector<size_t> order;
    std::vector<bool> done(work.size(), false);
    while (order.size() < work.size()) {
      for (size_t i = work.size(); i-- > 0;) {
        bool ready = !done[i];
        for (const Node* before : graph->nodes[i]->after) {
          ready = ready && done[place(before)];
        }
        if (ready) {
          done[i] = true;
          order.push_back(i);
          break;
        }
      }
    }
    return order;
  }

  // All that a launch does, as it is now.
  std::function<bool()> launch() const {
    std::vector<std::function<bool()>> steps;
    for (size_t i : order()) {
      steps.push_back(work[i]);
    }
    return [steps] {
      for (const auto& step : steps) {
        if (!step()) {
          return false;
        }
      }
      return true;
    };
  }
};

}  // namespace graphs
