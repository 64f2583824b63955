package dev.wta.backend.cuda.memory;

import dev.wta.api.base.OwningMemory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.cuda.device.Device;
import dev.wta.backend.cuda.device.DevicePool;
import dev.wta.backend.cuda.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/** The device's memory, which knows what it has handed out. */
public final class CudaMemory extends OwningMemory<CudaTensor, CudaWinners> {
  private final Device device;
  private final Kernels kernels;
  private final DevicePool pool;
  private final Staging staging;
  private final WinnerIndexing indexing;
  private final WinnerCopies copies;

  /** Safe to use from threads that close their tensors while another one computes. */
  private final Set<CudaStorage> live = ConcurrentHashMap.newKeySet();

  public CudaMemory(Device device, Kernels kernels) {
    super(CudaTensor.class, CudaWinners.class);
    this.device = device;
    this.kernels = kernels;
    pool = new DevicePool(device);
    staging = new Staging(device, kernels, pool);
    indexing = new WinnerIndexing(this, kernels);
    copies = new WinnerCopies(this, kernels);
  }

  @Override
  public CudaTensor allocate(Shape shape) {
    CudaStorage storage = storage(shape.size() * Float.BYTES);
    clear(storage.address(), shape.size());
    return new CudaTensor(storage, shape, 0, false);
  }

  @Override
  public CudaWinners allocateWinners(Shape code, int capacity) {
    CudaWinners winners =
        new CudaWinners(this, storage(CudaWinners.bytes(code, capacity)), code, capacity);
    winners.replaceByNone();
    return winners;
  }

  @Override
  public void upload(float[] source, int offset, Tensor target) {
    CudaTensor to = own(target);
    MemorySegment numbers = MemorySegment.ofArray(source);
    staging.upload(
        numbers.asSlice((long) offset * Float.BYTES, to.size() * Float.BYTES), to.address());
  }

  @Override
  public void download(Tensor source, float[] target, int offset) {
    CudaTensor from = own(source);
    MemorySegment numbers = MemorySegment.ofArray(target);
    staging.download(
        from.address(), numbers.asSlice((long) offset * Float.BYTES, from.size() * Float.BYTES));
  }

  @Override
  public void upload(WinnerList source, Winners target) {
    CudaWinners to = own(target);
    to.replace(source);
    indexing.index(to);
  }

  @Override
  public WinnerList download(Winners winners, Tensor coefficients) {
    return own(winners).download(own(coefficients));
  }

  @Override
  public void spread(Winners source, Tensor coefficients, int[] units, Winners target) {
    copies.spread(own(source), own(coefficients), units, own(target));
  }

  @Override
  public void sliceUnits(Winners source, int fromUnit, int toUnit, Winners target) {
    copies.units(own(source), fromUnit, toUnit, own(target));
  }

  @Override
  public void sliceRanks(Winners source, int from, int to, Winners target) {
    copies.ranks(own(source), from, to, own(target));
  }

  /** With room for all, so that nobody waits for their number. */
  @Override
  public Winners slicePositive(Winners source, Tensor coefficients, IntFunction<Winners> room) {
    CudaWinners target = own(room.apply(source.capacity()));
    copies.positive(own(source), own(coefficients), target);
    return target;
  }

  @Override
  public void least(Winners winners, Tensor out) {
    copies.least(own(winners), own(out));
  }

  @Override
  public void copy(Tensor source, Tensor target) {
    CudaTensor from = own(source);
    CudaTensor to = own(target);
    kernels.copy(from.address(), to.address(), from.size());
  }

  @Override
  public void fill(Tensor target, float value) {
    CudaTensor to = own(target);
    set(to.address(), Float.floatToRawIntBits(value), to.size());
  }

  @Override
  public void synchronise() {
    device.synchronise();
  }

  /** Sets {@code count} words of 32 bits. */
  public void set(long address, int word, long count) {
    kernels.fill(word, address, count);
  }

  /** Zeroes {@code count} words of 32 bits. */
  public void clear(long address, long count) {
    set(address, 0, count);
  }

  public Staging staging() {
    return staging;
  }

  /** The index of winners that were selected or uploaded. */
  public WinnerIndexing indexing() {
    return indexing;
  }

  /** Memory for the length of an operation; what is in it is whatever was left there. */
  public Scratch scratch(long bytes) {
    return new Scratch(pool, pool.take(bytes));
  }

  /** Device memory that goes back to the pool when the operation has been asked for. */
  public record Scratch(DevicePool pool, DevicePool.Block block) implements AutoCloseable {
    public long address() {
      return block.address();
    }

    @Override
    public void close() {
      pool.giveBack(block);
    }
  }

  /** How many tensors and winners are open. */
  public int live() {
    return live.size();
  }

  public DevicePool pool() {
    return pool;
  }

  void forget(CudaStorage storage, DevicePool.Block block) {
    live.remove(storage);
    pool.giveBack(block);
  }

  @Override
  public void close() {
    super.close();
    List.copyOf(live).forEach(CudaStorage::free);
    staging.close();
    pool.trim();
  }

  private CudaStorage storage(long bytes) {
    device.use(); // is open
    CudaStorage storage = new CudaStorage(this, pool.take(bytes));
    live.add(storage);
    return storage;
  }
}
