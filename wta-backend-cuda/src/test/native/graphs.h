// Graphs without a device: what was recorded, one after the other.
#pragma once

#include <functional>
#include <vector>

namespace graphs {

struct Node {
  const void* kind;  // what cannot be changed by an update
  std::function<bool()> work;
};

struct Graph {
  std::vector<Node> nodes;

  bool isLike(const Graph& other) const {
    bool like = nodes.size() == other.nodes.size();
    for (size_t i = 0; like && i < nodes.size(); i++) {
      like = nodes[i].kind == other.nodes[i].kind;
    }
    return like;
  }

  // All that a launch does, as it is now.
  std::function<bool()> launch() const {
    return [nodes = nodes] {
      for (const Node& node : nodes) {
        if (!node.work()) {
          return false;
        }
      }
      return true;
    };
  }
};

}  // namespace graphs
