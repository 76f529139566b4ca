import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Writes android.jar: API 36's classes without their bodies, API 34's resources, and the JDK's own signatures of java.*.
 *
 * <p>Usage: MakePlatform CLASSES.jar RESOURCES.jar CT_SYM OUT.jar CORE.jar. CORE.jar gets the java.* signatures alone
 * (a platform's core-for-system-modules.jar).
 */
public final class MakePlatform {
    /** Java 17's class file version: API 36 is compiled for Java 21, and a JVM that runs tests may be a 17. */
    private static final int NEWEST_CLASS_FILE = 61;

    private static final Set<String> MODULES =
            Set.of("java.base", "java.logging", "java.sql", "java.xml", "java.prefs");

    private final ZipOutputStream out;
    private final Set<String> written = new HashSet<>();

    private MakePlatform(Path jar) throws IOException {
        out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(jar), 1 << 20));
        out.setLevel(Deflater.BEST_SPEED);
    }

    public static void main(String[] args) throws Exception {
        try (ZipFile classes = new ZipFile(args[0]);
                ZipFile resources = new ZipFile(args[1]);
                ZipFile signatures = new ZipFile(args[2])) {
            MakePlatform android = new MakePlatform(Path.of(args[3]));
            for (ZipEntry entry : entries(classes)) {
                // Apps never see the system server; com.android.internal stays, or R8 reports missing classes.
                boolean server = entry.getName().startsWith("com/android/server/");
                if (entry.getName().endsWith(".class") && !server) android.put(entry.getName(), stub(read(classes, entry)));
            }
            for (ZipEntry entry : entries(resources)) {
                String name = entry.getName();
                boolean wanted = name.equals("resources.arsc") || name.equals("AndroidManifest.xml") || name.startsWith("res/");
                if (wanted && !entry.isDirectory()) android.put(name, read(resources, entry));
            }
            MakePlatform core = new MakePlatform(Path.of(args[4]));
            for (ZipEntry entry : entries(signatures)) {
                String name = javaClass(entry.getName());
                if (name == null) continue;
                android.put(name, read(signatures, entry));
                core.put(name, read(signatures, entry));
            }
            android.out.close();
            core.out.close();
        }
    }

    private static List<? extends ZipEntry> entries(ZipFile zip) {
        return zip.stream().toList();
    }

    private static byte[] read(ZipFile zip, ZipEntry entry) throws IOException {
        return zip.getInputStream(entry).readAllBytes();
    }

    private void put(String name, byte[] data) throws IOException {
        if (!written.add(name)) return;
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0);
        out.putNextEntry(entry);
        out.write(data);
        out.closeEntry();
    }

    /** "java/lang/Object.class" for "8ABC/java.base/java/lang/Object.sig" (JEP 247's ct.sym), null if not of release 8. */
    private static String javaClass(String entry) {
        String[] parts = entry.split("/", 3);
        if (parts.length < 3 || !parts[0].contains("8") || !MODULES.contains(parts[1])) return null;
        String path = parts[2];
        if (!path.endsWith(".sig") || !(path.startsWith("java/") || path.startsWith("javax/"))) return null;
        return path.substring(0, path.length() - 4) + ".class";
    }

    /** The same class with every method body replaced by {@code throw null} (JVM specification, section 4). */
    static byte[] stub(byte[] original) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(original));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(original.length);
        DataOutputStream to = new DataOutputStream(bytes);
        to.writeInt(in.readInt());
        to.writeShort(in.readUnsignedShort());
        to.writeShort(Math.min(in.readUnsignedShort(), NEWEST_CLASS_FILE));
        int code = copyConstants(in, to);
        copy(in, to, 6); // access flags, this, super
        int interfaces = copyShort(in, to);
        copy(in, to, 2 * interfaces);
        copyMembers(in, to, -1); // fields
        copyMembers(in, to, code);
        to.write(in.readAllBytes());
        return bytes.toByteArray();
    }

    /** Copies the constant pool; returns the index of the name "Code", or -1. */
    private static int copyConstants(DataInputStream in, DataOutputStream to) throws IOException {
        int count = copyShort(in, to);
        int code = -1;
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            to.writeByte(tag);
            switch (tag) {
                case 1 -> {
                    byte[] text = new byte[copyShort(in, to)];
                    in.readFully(text);
                    to.write(text);
                    if (text.length == 4 && text[0] == 'C' && text[1] == 'o' && text[2] == 'd' && text[3] == 'e') code = i;
                }
                case 7, 8, 16, 19, 20 -> copy(in, to, 2);
                case 15 -> copy(in, to, 3);
                case 3, 4, 9, 10, 11, 12, 17, 18 -> copy(in, to, 4);
                case 5, 6 -> {
                    copy(in, to, 8);
                    i++; // a long or a double takes two places
                }
                default -> throw new IOException("constant pool tag " + tag);
            }
        }
        return code;
    }

    private static void copyMembers(DataInputStream in, DataOutputStream to, int code) throws IOException {
        int members = copyShort(in, to);
        for (int i = 0; i < members; i++) {
            copy(in, to, 6); // access flags, name, descriptor
            int attributes = copyShort(in, to);
            for (int j = 0; j < attributes; j++) {
                int name = copyShort(in, to);
                byte[] body = new byte[in.readInt()];
                in.readFully(body);
                if (name == code) body = throwNull(body);
                to.writeInt(body.length);
                to.write(body);
            }
        }
    }

    /** A Code attribute's body that is {@code aconst_null; athrow} and keeps the number of locals. */
    private static byte[] throwNull(byte[] body) {
        return new byte[] {0, 1, body[2], body[3], 0, 0, 0, 2, 1, (byte) 0xbf, 0, 0, 0, 0};
    }

    private static int copyShort(DataInputStream in, DataOutputStream to) throws IOException {
        int value = in.readUnsignedShort();
        to.writeShort(value);
        return value;
    }

    private static void copy(DataInputStream in, DataOutputStream to, int size) throws IOException {
        to.write(in.readNBytes(size));
    }
}
