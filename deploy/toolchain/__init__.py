"""JDK, Gradle and SDK: found, or assembled; and Gradle run with them."""
