import java.io.InputStream;
import java.security.CodeSigner;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Verifies an app bundle's JAR signature: every file is signed, by one and the same signer.
 *
 * <p>Usage: VerifyJar FILE. Prints the certificate's sha256, its last moment and its subject, a line each; or fails with
 * what is wrong on standard error.
 */
public final class VerifyJar {
    public static void main(String[] args) throws Exception {
        X509Certificate signer = null;
        try (JarFile jar = new JarFile(args[0], true)) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                try (InputStream content = jar.getInputStream(entry)) {
                    content.transferTo(java.io.OutputStream.nullOutputStream());
                }
                if (entry.isDirectory() || entry.getName().startsWith("META-INF/")) continue;
                CodeSigner[] signers = entry.getCodeSigners();
                if (signers == null) throw end(entry.getName() + " is not signed");
                X509Certificate found = (X509Certificate) signers[0].getSignerCertPath().getCertificates().get(0);
                if (signer != null && !signer.equals(found)) throw end(entry.getName() + " has another signer");
                signer = found;
            }
        } catch (SecurityException changed) {
            throw end(changed.getMessage());
        }
        if (signer == null) throw end("it is empty");
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(signer.getEncoded());
        System.out.println(HexFormat.of().formatHex(digest));
        System.out.println(signer.getNotAfter().toInstant());
        System.out.println(signer.getSubjectX500Principal().getName());
    }

    private static Exception end(String why) {
        System.err.println(why);
        System.exit(1);
        return new IllegalStateException(why);
    }
}
