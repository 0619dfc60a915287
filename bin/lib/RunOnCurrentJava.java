// Makes the one class of the JDK that keeps the OGC's suites of 2016 from running on a current Java let their factories in:
// since Java 9 javax.imageio.spi.ServiceRegistry takes services of its own kind alone. The copy goes into a folder that
// `java --patch-module java.desktop=FOLDER` puts before the original for that run.
// usage: java -cp javassist.jar RunOnCurrentJava.java FOLDER

import javassist.ClassPool;
import javassist.CtClass;
import javassist.CtMethod;

public class RunOnCurrentJava {
    public static void main(String[] arguments) throws Exception {
        CtClass registry = ClassPool.getDefault().get("javax.imageio.spi.ServiceRegistry");
        for (CtMethod method : registry.getDeclaredMethods()) {
            if (method.getName().startsWith("checkClassAllowed")) {
                method.setBody("{ return; }");
            }
        }
        for (CtMethod method : registry.getDeclaredMethods("lookupProviders")) {
            method.insertBefore("{ javax.imageio.spi.ServiceRegistry.class.getModule().addUses($1); }");
        }
        registry.writeFile(arguments[0]);
    }
}
