import com.android.apksig.ApkVerifier;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Verifies APK signatures by Android's own apksig, as a phone with Android 7.0 or newer does.
 *
 * <p>Usage: VerifyApk APK…. Prints a line for each, in order, of fields separated by tabs: {@code ok}, the schemes that hold
 * (such as {@code v2,v3}), the first signer's certificate as sha256 and its subject; or {@code bad} and the reason.
 */
public final class VerifyApk {
    /** Android 7.0, the first that reads scheme v2; JAR signatures (v1), which older ones read, do not count. */
    private static final int OLDEST_API = 24;

    private static final Set<ApkVerifier.Issue> CHANGED = EnumSet.of(
            ApkVerifier.Issue.V2_SIG_APK_DIGEST_DID_NOT_VERIFY, ApkVerifier.Issue.V3_SIG_APK_DIGEST_DID_NOT_VERIFY);

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String apk : args) out.println(verify(new File(apk)));
    }

    private static String verify(File apk) throws Exception {
        ApkVerifier.Result result;
        try {
            result = new ApkVerifier.Builder(apk).setMinCheckedPlatformVersion(OLDEST_API).build().verify();
        } catch (Exception unreadable) { // apksig declares some and throws others, such as BufferUnderflowException
            return line("bad", unreadable.getMessage() == null ? unreadable.toString() : unreadable.getMessage());
        }
        List<String> schemes = new ArrayList<>();
        if (result.isVerifiedUsingV2Scheme()) schemes.add("v2");
        if (result.isVerifiedUsingV3Scheme()) schemes.add("v3");
        if (!result.isVerified() || schemes.isEmpty()) {
            if (result.getV2SchemeSigners().isEmpty() && result.getV3SchemeSigners().isEmpty()) {
                return line("bad", "it is not signed with APK Signature Scheme v2 or v3");
            }
            ApkVerifier.IssueWithParams error = result.getAllErrors().get(0);
            return line("bad", CHANGED.contains(error.getIssue()) ? "its content was changed after signing" : error.toString());
        }
        X509Certificate signer = result.getSignerCertificates().get(0);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(signer.getEncoded());
        String certificate = HexFormat.of().formatHex(digest), subject = signer.getSubjectX500Principal().getName();
        return line("ok", String.join(",", schemes), certificate, subject);
    }

    private static String line(String... fields) {
        for (int i = 0; i < fields.length; i++) fields[i] = fields[i].replaceAll("\\s+", " ");
        return String.join("\t", fields);
    }
}
