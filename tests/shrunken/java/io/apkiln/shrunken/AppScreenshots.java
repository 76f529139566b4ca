package io.apkiln.shrunken;

import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.Manifest;
import android.app.Activity;
import android.app.Application;
import android.content.Context;
import android.content.Intent;
import android.content.pm.ActivityInfo;
import android.content.pm.PackageManager;
import android.graphics.Bitmap;
import android.graphics.ImageFormat;
import android.graphics.SurfaceTexture;
import android.hardware.camera2.CameraCharacteristics;
import android.hardware.camera2.CameraManager;
import android.os.Looper;
import android.util.Size;
import android.view.TextureView;
import android.view.View;
import android.view.ViewGroup;
import android.widget.TextView;
import java.io.File;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.shadow.api.Shadow;
import org.robolectric.shadows.ShadowCameraCharacteristics;
import org.robolectric.shadows.ShadowLooper;
import org.robolectric.shadows.StreamConfigurationMapBuilder;

/**
 * Drives an app through Android's own classes only, so that it doesn't matter what R8 renamed. Starts every activity; then
 * feeds the app with the frames in {@code apkiln.frames}, or lets it play the recording in its assets. Writes a screenshot
 * of each result into {@code apkiln.shown}, and all texts on it, with measured times left out.
 */
@RunWith(RobolectricTestRunner.class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = 35, qualifiers = "w360dp-h780dp-port-notnight-xxhdpi", shadows = FakeReader.class)
public class AppScreenshots {
    private static final int SAMPLES = 120;
    private static final int DRAWN_EVERY = 40;
    private static final Duration TICK = Duration.ofMillis(50);

    private final Application application = RuntimeEnvironment.getApplication();
    private final File shown = new File(System.getProperty("apkiln.shown"));

    @Test
    public void everyActivityStarts() throws Exception {
        PackageManager packages = application.getPackageManager();
        ActivityInfo[] activities =
                packages.getPackageInfo(application.getPackageName(), PackageManager.GET_ACTIVITIES).activities;
        List<String> started = new ArrayList<>();
        for (ActivityInfo info : activities) {
            Activity activity = start(info.name);
            settle();
            started.add(info.name + " " + activity.isFinishing());
        }
        Files.writeString(shown.toPath().resolve("activities.txt"), String.join("\n", started));
    }

    @Test
    public void whatItShows() throws Exception {
        shadowOf(application).grantPermissions(Manifest.permission.CAMERA);
        Path frames = Path.of(System.getProperty("apkiln.frames"));
        boolean camera = Files.isDirectory(frames);
        if (camera) putCamera();
        Activity activity = start(launcher());
        settle();
        if (!camera) {
            for (int sample = 1; sample <= SAMPLES; sample++) {
                settle();
                if (sample % DRAWN_EVERY == 0) draw(activity, "sample-" + sample);
            }
            return;
        }
        lookAt(activity);
        assertNotNull("the app opens the camera", FakeReader.newest);
        try (var folders = Files.newDirectoryStream(frames)) {
            for (Path folder : folders) {
                for (int turn = 0; turn < 3; turn++) {
                    FakeReader.newest.deliver(new FakeImage(folder));
                    settle();
                }
                draw(activity, folder.getFileName().toString());
            }
        }
    }

    private String launcher() {
        Intent launcher = new Intent(Intent.ACTION_MAIN).addCategory(Intent.CATEGORY_LAUNCHER);
        launcher.setPackage(application.getPackageName());
        return application.getPackageManager().resolveActivity(launcher, 0).activityInfo.name;
    }

    /** With a choice already made: what is fastest here is not always the same, and the texts name it. */
    private Activity start(String name) throws ClassNotFoundException {
        application.getSharedPreferences("delegate", Context.MODE_PRIVATE).edit().putString("choice", "cpu1").commit();
        Class<? extends Activity> type = Class.forName(name).asSubclass(Activity.class);
        return Robolectric.buildActivity(type).setup().get();
    }

    private void putCamera() {
        CameraManager manager = (CameraManager) application.getSystemService(Context.CAMERA_SERVICE);
        CameraCharacteristics facts = ShadowCameraCharacteristics.newCameraCharacteristics();
        ShadowCameraCharacteristics values = Shadow.extract(facts);
        Size size = new Size(640, 480);
        values.set(CameraCharacteristics.LENS_FACING, CameraCharacteristics.LENS_FACING_BACK);
        values.set(CameraCharacteristics.SENSOR_ORIENTATION, 90);
        values.set(
                CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP,
                StreamConfigurationMapBuilder.newBuilder()
                        .addOutputSize(size)
                        .addOutputSize(ImageFormat.YUV_420_888, size)
                        .addOutputSize(ImageFormat.PRIVATE, size)
                        .build());
        shadowOf(manager).addCamera("0", facts);
    }

    /** A texture to look at, as a screen that draws would make it. */
    private void lookAt(Activity activity) {
        layOut(activity);
        TextureView preview = views(activity.getWindow().getDecorView(), TextureView.class).get(0);
        SurfaceTexture texture = new SurfaceTexture(2);
        preview.setSurfaceTexture(texture);
        preview.getSurfaceTextureListener().onSurfaceTextureAvailable(texture, preview.getWidth(), preview.getHeight());
        settle();
    }

    /** Lets the clock go on by one sample, and every thread of the app do what there is to do till nothing is. */
    private static void settle() {
        shadowOf(Looper.getMainLooper()).idleFor(TICK);
        for (int turn = 0; turn < 4; turn++) {
            for (Looper looper : ShadowLooper.getAllLoopers()) {
                if (looper != Looper.getMainLooper() && looper.getThread().isAlive()) shadowOf(looper).idle();
            }
            shadowOf(Looper.getMainLooper()).idle();
        }
    }

    private void draw(Activity activity, String name) throws Exception {
        View screen = activity.getWindow().getDecorView();
        StringBuilder texts = new StringBuilder();
        for (TextView view : views(screen, TextView.class)) {
            String text = QuietCanvas.withoutTimes(view.getText().toString());
            texts.append(view.isShown() ? "" : "(hidden) ").append(text).append('\n');
            if (!text.contentEquals(view.getText())) view.setText(text);
        }
        Files.write(shown.toPath().resolve(name + ".txt"), texts.toString().getBytes(StandardCharsets.UTF_8));
        layOut(activity);
        Bitmap drawn = Bitmap.createBitmap(screen.getWidth(), screen.getHeight(), Bitmap.Config.ARGB_8888);
        screen.draw(new QuietCanvas(drawn));
        try (OutputStream out = new FileOutputStream(new File(shown, name + ".png"))) {
            assertTrue(drawn.compress(Bitmap.CompressFormat.PNG, 100, out));
        }
    }

    private static void layOut(Activity activity) {
        View screen = activity.getWindow().getDecorView();
        int width = activity.getResources().getDisplayMetrics().widthPixels;
        int height = activity.getResources().getDisplayMetrics().heightPixels;
        screen.measure(
                View.MeasureSpec.makeMeasureSpec(width, View.MeasureSpec.EXACTLY),
                View.MeasureSpec.makeMeasureSpec(height, View.MeasureSpec.EXACTLY));
        screen.layout(0, 0, width, height);
    }

    private static <T extends View> List<T> views(View root, Class<T> type) {
        List<T> found = new ArrayList<>();
        if (type.isInstance(root)) found.add(type.cast(root));
        if (root instanceof ViewGroup group) {
            for (int i = 0; i < group.getChildCount(); i++) found.addAll(views(group.getChildAt(i), type));
        }
        return found;
    }
}
