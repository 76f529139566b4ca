import java.io.IOException;
import java.io.InputStream;

/** Ends this JVM when its standard input closes, as it does whenever the kit that started it dies, however it dies. */
public final class EndWithParent {
    private static final int TERMINATED = 143;

    static void watch() {
        InputStream parent = System.in;
        Thread thread = new Thread(() -> {
            try {
                while (parent.read() >= 0) {}
            } catch (IOException closed) {
                // as good as the end
            }
            Runtime.getRuntime().halt(TERMINATED);
        });
        thread.setDaemon(true);
        thread.start();
    }
}
