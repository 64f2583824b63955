package dev.wta.peers.bytedeco;

import dev.wta.workloads.ConvStep;
import dev.wta.workloads.EncodeWorkload;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.GemmWorkload;
import dev.wta.workloads.Peer;
import dev.wta.workloads.PeerProcess;
import dev.wta.workloads.ProbeWorkload;
import dev.wta.workloads.TopKStep;
import dev.wta.workloads.TrainerStep;
import dev.wta.workloads.Workload;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.global.torch;

/** PyTorch as JavaCPP brings it: its whole C++ API, with MKL and oneDNN. */
public final class BytedecoPeer implements Peer {
  private static final Pattern RELEASE = Pattern.compile("TORCH_VERSION=([^,]+)");

  static {
    // OpenBLAS brings threads of its own, which those of OpenMP wait beside at full speed.
    System.setProperty("org.bytedeco.openblas.load", "mkl_rt");
    torch.set_num_interop_threads(1);
  }

  public static void main(String... arguments) {
    PeerProcess.main(new BytedecoPeer(), arguments);
  }

  @Override
  public String version() {
    Matcher release = RELEASE.matcher(torch.show_config().getString());
    return "PyTorch %s by JavaCPP, with MKL, oneDNN, %s kernels"
        .formatted(
            release.find() ? release.group(1) : "of an unknown version",
            torch.get_cpu_capability().getString());
  }

  @Override
  public Optional<Call> open(Workload workload, int threads) {
    torch.set_num_threads(threads);
    return switch (workload) {
      case GemmWorkload gemm -> Optional.of(new TorchGemm(gemm));
      case EncodeWorkload encode -> Optional.of(new TorchEncode(encode));
      case FcStep step -> Optional.of(new TorchFcStep(step));
      case TopKStep step -> Optional.of(new TorchTopKStep(step));
      case ConvStep step -> Optional.of(new TorchConvStep(step));
      case TrainerStep _, ProbeWorkload _ -> Optional.empty();
    };
  }
}
