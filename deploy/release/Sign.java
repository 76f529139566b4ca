import com.android.apksig.ApkSigner;
import com.android.apksig.KeyConfig;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipFile;
import jdk.security.jarsigner.JarSigner;

/**
 * Signs APKs (v2 and v3) and app bundles (JAR signature, as Google Play asks) with a key of a keystore.
 *
 * <p>Usage: Sign KEYSTORE ALIAS MIN_SDK [UNSIGNED SIGNED]…; without files it only tries the key. Standard input has two
 * lines: the keystore's password, and the key's. Prints the certificate's last day, or says by its exit code what is wrong.
 */
public final class Sign {
    private static final int NO_KEYSTORE = 10, WRONG_PASSWORD = 11, NO_ALIAS = 12, WRONG_KEY_PASSWORD = 13;

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        KeyStore store = open(new File(args[0]), in.readLine().toCharArray());
        KeyStore.PrivateKeyEntry key = key(store, args[1], in.readLine().toCharArray());
        X509Certificate certificate = (X509Certificate) key.getCertificate();
        System.out.println(certificate.getNotAfter().toInstant());
        for (int i = 3; i < args.length; i += 2) {
            File unsigned = new File(args[i]), signed = new File(args[i + 1]);
            if (unsigned.getName().endsWith(".aab")) signBundle(key, unsigned, signed);
            else signApk(key, Integer.parseInt(args[2]), unsigned, signed);
        }
    }

    private static KeyStore open(File file, char[] password) throws Exception {
        try {
            return KeyStore.getInstance(file, password);
        } catch (IOException error) {
            throw end(error.getCause() instanceof UnrecoverableKeyException ? WRONG_PASSWORD : NO_KEYSTORE, error);
        } catch (KeyStoreException error) {
            throw end(NO_KEYSTORE, error);
        }
    }

    private static KeyStore.PrivateKeyEntry key(KeyStore store, String alias, char[] password) throws Exception {
        if (!store.isKeyEntry(alias)) {
            throw end(NO_ALIAS, new Exception(String.join(", ", Collections.list(store.aliases()))));
        }
        try {
            return (KeyStore.PrivateKeyEntry) store.getEntry(alias, new KeyStore.PasswordProtection(password));
        } catch (UnrecoverableKeyException error) {
            throw end(WRONG_KEY_PASSWORD, error);
        }
    }

    private static Exception end(int code, Exception why) {
        System.err.println(why.getMessage());
        System.exit(code);
        return why;
    }

    private static void signApk(KeyStore.PrivateKeyEntry key, int minSdk, File unsigned, File signed) throws Exception {
        List<X509Certificate> chain = new ArrayList<>();
        for (Certificate certificate : key.getCertificateChain()) chain.add((X509Certificate) certificate);
        new ApkSigner.Builder(
                        List.of(new ApkSigner.SignerConfig.Builder("CERT", new KeyConfig.Jca(key.getPrivateKey()), chain).build()))
                .setInputApk(unsigned)
                .setOutputApk(signed)
                .setMinSdkVersion(minSdk)
                .setV1SigningEnabled(false)
                .setV2SigningEnabled(true)
                .setV3SigningEnabled(true)
                .build()
                .sign();
    }

    private static void signBundle(KeyStore.PrivateKeyEntry key, File unsigned, File signed) throws Exception {
        JarSigner signer = new JarSigner.Builder(key).digestAlgorithm("SHA-256").signerName("CERT").build();
        try (ZipFile in = new ZipFile(unsigned);
                OutputStream out = new FileOutputStream(signed)) {
            signer.sign(in, out);
        }
    }
}
