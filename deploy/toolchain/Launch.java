import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.gradle.api.artifacts.verification.DependencyVerificationMode;
import org.gradle.api.internal.StartParameterInternal;
import org.gradle.api.logging.configuration.ConsoleOutput;
import org.gradle.initialization.DefaultBuildCancellationToken;
import org.gradle.initialization.DefaultBuildRequestContext;
import org.gradle.initialization.DefaultBuildRequestMetaData;
import org.gradle.initialization.NoOpBuildEventConsumer;
import org.gradle.internal.buildprocess.BuildProcessState;
import org.gradle.internal.classpath.ClassPath;
import org.gradle.internal.instrumentation.agent.AgentStatus;
import org.gradle.internal.logging.LoggingManagerInternal;
import org.gradle.internal.logging.services.LoggingServiceRegistry;
import org.gradle.internal.nativeintegration.services.NativeServices;
import org.gradle.internal.service.ServiceRegistry;
import org.gradle.launcher.exec.BuildActionResult;
import org.gradle.launcher.exec.BuildExecutor;
import org.gradle.launcher.exec.DefaultBuildActionParameters;
import org.gradle.tooling.internal.provider.action.ExecuteBuildAction;

/**
 * Runs one Gradle build in this JVM, without a daemon: the front end that the assembled Gradle lacks.
 *
 * <p>Usage: Launch [OPTION…] TASK… with Gradle's own option names: --project-dir DIR, --gradle-user-home DIR,
 * --init-script FILE, --write-verification-metadata sha256, --dependency-verification MODE, --offline, --build-cache, --no-build-cache, -Pkey=value.
 */
public final class Launch {
    public static void main(String[] args) throws Exception {
        StartParameterInternal start = parse(args);
        File userHome = start.getGradleUserHomeDir();
        EndWithParent.watch();
        NativeServices.initializeOnDaemon(userHome, NativeServices.NativeServicesMode.ENABLED);
        ServiceRegistry logging = LoggingServiceRegistry.newCommandLineProcessLogging();
        LoggingManagerInternal manager = (LoggingManagerInternal) logging.getFactory(LoggingManagerInternal.class).create();
        manager.captureSystemSources();
        manager.attachProcessConsole(start.getConsoleOutput());
        manager.setLevelInternal(start.getLogLevel());
        manager.start();
        BuildProcessState process =
                new BuildProcessState(false, AgentStatus.disabled(), ClassPath.EMPTY, logging, NativeServices.getInstance());
        boolean failed;
        try {
            failed = execute(process.getServices().get(BuildExecutor.class), start).hasFailure();
        } finally {
            process.close();
            manager.stop();
        }
        System.exit(failed ? 1 : 0);
    }

    private static BuildActionResult execute(BuildExecutor executor, StartParameterInternal start) {
        Map<String, String> properties = new HashMap<>();
        for (String key : System.getProperties().stringPropertyNames()) properties.put(key, System.getProperty(key));
        return executor.execute(
                new ExecuteBuildAction(start),
                new DefaultBuildActionParameters(
                        properties, System.getenv(), start.getCurrentDir(), start.getLogLevel(), false, ClassPath.EMPTY),
                new DefaultBuildRequestContext(
                        new DefaultBuildRequestMetaData(System.currentTimeMillis(), false),
                        new DefaultBuildCancellationToken(),
                        new NoOpBuildEventConsumer()));
    }

    private static StartParameterInternal parse(String[] args) throws IOException {
        StartParameterInternal start = new StartParameterInternal();
        start.setConsoleOutput(ConsoleOutput.Plain);
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            String option = args[i];
            if (option.startsWith("-P")) {
                String[] pair = option.substring(2).split("=", 2);
                start.getProjectProperties().put(pair[0], pair.length > 1 ? pair[1] : "");
                continue;
            }
            switch (option) {
                case "--project-dir" -> {
                    File folder = new File(args[++i]).getCanonicalFile();
                    start.setProjectDir(folder);
                    start.setCurrentDir(folder);
                }
                case "--gradle-user-home" -> start.setGradleUserHomeDir(new File(args[++i]).getCanonicalFile());
                case "--init-script" -> start.addInitScript(new File(args[++i]).getCanonicalFile());
                case "--write-verification-metadata" -> start.setWriteDependencyVerifications(List.of(args[++i].split(",")));
                case "--dependency-verification" ->
                        start.setDependencyVerificationMode(DependencyVerificationMode.valueOf(args[++i].toUpperCase()));
                case "--offline" -> start.setOffline(true);
                case "--build-cache" -> start.setBuildCacheEnabled(true);
                case "--no-build-cache" -> start.setBuildCacheEnabled(false);
                default -> tasks.add(option);
            }
        }
        start.setTaskNames(tasks);
        return start;
    }
}
