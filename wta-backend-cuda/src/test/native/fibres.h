// The threads of a block as fibres: each runs until it waits for others, then the next one does. One block at a time,
// on one thread of the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace fibres {

// Runs `body` once for each of `count` threads; `enter(t)` is called whenever thread t is about to go on. The threads
// start in ascending or descending order. False if they wait for each other without end.
bool run(
    int count, bool descending, const std::function<void(int)>& enter,
    const std::function<void()>& body);

// Returns when all threads of the block that have not ended are here.
void awaitBlock();

// Gives a word to the other lanes of the warp, and answers all lanes' words once those that have not ended are here.
const uint64_t* exchange(uint64_t word);

// Which lanes of the warp took part in the last exchange.
uint32_t participants();

}  // namespace fibres
