import com.android.apksig.ApkSigner;
import com.android.apksig.KeyConfig;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/** Signs APKs with scheme v2 only, as a debug build is; each by five arguments: IN OUT ALGORITHM KEY CERTIFICATE. */
public final class SignV2 {
    public static void main(String[] args) throws Exception {
        for (int i = 0; i < args.length; i += 5) {
            PrivateKey key = KeyFactory.getInstance(args[i + 2])
                    .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(args[i + 3]))));
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(Files.newInputStream(Path.of(args[i + 4])));
            new ApkSigner.Builder(List.of(new ApkSigner.SignerConfig.Builder("test", new KeyConfig.Jca(key), List.of(certificate)).build()))
                    .setInputApk(new File(args[i]))
                    .setOutputApk(new File(args[i + 1]))
                    .setMinSdkVersion(24)
                    .setV1SigningEnabled(false)
                    .setV2SigningEnabled(true)
                    .setV3SigningEnabled(false)
                    .build()
                    .sign();
        }
    }
}
