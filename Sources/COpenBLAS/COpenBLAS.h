// The door to OpenBLAS. MDLM uses cblas_sgemm, cblas_sgemv, openblas_set_num_threads and the two
// functions that name the library's build and core; only Sources/MDLM/Kernels imports this module.
#include <cblas.h>
