import com.android.apksig.ApkSigner;
import com.android.apksig.ApkVerifier;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/** Android's own apksig: sign IN OUT ALGORITHM KEY CERTIFICATE, or verify APK…, which prints true or false for each. */
public final class Apksig {
    public static void main(String[] args) throws Exception {
        if (args[0].equals("verify")) {
            for (int i = 1; i < args.length; i++) System.out.println(verify(new File(args[i])));
            return;
        }
        for (int i = 1; i < args.length; i += 5) {
            PrivateKey key = KeyFactory.getInstance(args[i + 2])
                    .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(args[i + 3]))));
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(Files.newInputStream(Path.of(args[i + 4])));
            new ApkSigner.Builder(List.of(new ApkSigner.SignerConfig.Builder("test", key, List.of(certificate)).build()))
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

    private static boolean verify(File apk) {
        try {
            return new ApkVerifier.Builder(apk).setMinCheckedPlatformVersion(24).build().verify().isVerified();
        } catch (Exception broken) {
            return false;
        }
    }
}
