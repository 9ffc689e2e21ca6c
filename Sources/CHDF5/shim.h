// The identifiers of HDF5 are macros that first open the library, and some of its functions are macros that choose a
// version. Swift imports neither, so each one used has a function here.
#ifndef KILIM_CHDF5_H
#define KILIM_CHDF5_H

#include <hdf5.h>

static inline hid_t chdf5_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t chdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t chdf5_int64(void) { return H5T_STD_I64LE; }
static inline hid_t chdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t chdf5_c_string(void) { return H5T_C_S1; }
static inline hid_t chdf5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t chdf5_dataset_creation(void) { return H5P_DATASET_CREATE; }
static inline unsigned chdf5_truncate(void) { return H5F_ACC_TRUNC; }

/// Stops the library from printing its errors.
static inline herr_t chdf5_be_quiet(void) { return H5Eset_auto(H5E_DEFAULT, NULL, NULL); }

static inline herr_t chdf5_first_description(unsigned n, const H5E_error_t *error, void *result) {
  (void)n;
  *(const char **)result = error->desc;
  return 1;
}

/// The text of the innermost error of the stack, or NULL; valid until the next call.
static inline const char *chdf5_error(void) {
  const char *description = NULL;
  H5Ewalk(H5E_DEFAULT, H5E_WALK_UPWARD, chdf5_first_description, &description);
  return description;
}

#endif
