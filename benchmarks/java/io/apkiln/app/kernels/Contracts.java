package io.apkiln.app.kernels;

import io.apkiln.app.model.ModelContract;
import io.apkiln.app.model.ModelContracts;

/** The models of the app that is measured, as it was generated. */
final class Contracts {
    private Contracts() {}

    static ModelContract named(String name) {
        for (ModelContract contract : ModelContracts.INSTANCE.getAll()) {
            if (contract.getName().equals(name)) return contract;
        }
        throw new IllegalArgumentException(name);
    }
}
