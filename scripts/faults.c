// Lets chosen system calls on files below one directory fail, as a bad or full disk or a power cut would.
//
// scripts/fault-test builds it as a shared library and loads it with LD_PRELOAD. It counts the calls
// that change something below MDLM_FAULTS_BELOW (an absolute path without links), and from the call
// numbered MDLM_FAULTS_AT on (0: never) MDLM_FAULTS_FOR of them meet MDLM_FAULTS_MODE:
//
//   eio       fail with "Input/output error"
//   full      fail with "No space left on device"; what frees space works
//   short     the first one, a write, writes half of its bytes; then like full
//   death     the process ends before the call
//   powercut  the same, and what was written but not brought to the disk by fsync is gone
//
// Calls are listed in the file MDLM_FAULTS_LOG, one a line: all of them while MDLM_FAULTS_AT is 0, else
// those that meet a fault. Linux only.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

// The status of a process that a fault ended.
enum { died = 99 };

enum kind { writing, needing_space, freeing_space };
enum verdict { passes, fails, halves };
enum mode { none, eio, full, short_write, death, powercut };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char below[PATH_MAX];
static size_t below_length;
static enum mode mode = none;
static long first, count = 1, calls;
static int log_descriptor = -1;

// A file with bytes that no fsync has brought to the disk, open so that it can be cut, however renamed.
static struct unsynced {
  dev_t device;
  ino_t number;
  off_t size;
  int descriptor;
} unsynced[256];
static int unsynced_count;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("MDLM_FAULTS_BELOW"), *text = getenv("MDLM_FAULTS_MODE");
  const char *at = getenv("MDLM_FAULTS_AT"), *length = getenv("MDLM_FAULTS_FOR");
  const char *log = getenv("MDLM_FAULTS_LOG");
  if (!path || strlen(path) >= sizeof below) return;
  strcpy(below, path);
  first = at ? atol(at) : 0;
  count = length ? atol(length) : 1;
  static const char *names[] = {"none", "eio", "full", "short", "death", "powercut"};
  for (int i = 0; text && i < 6; i++)
    if (!strcmp(text, names[i])) mode = (enum mode)i;
  if (log) log_descriptor = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  below_length = strlen(below);
}

// Cuts off what a power cut would take.
static void lose_unsynced(void) {
  for (int i = 0; i < unsynced_count; i++)
    (void)!REAL(ftruncate)(unsynced[i].descriptor, unsynced[i].size);
}

// Decides about a call named `name` on `path`; sets errno where it fails.
static enum verdict judge(const char *name, const char *path, enum kind kind) {
  if (below_length == 0 || strncmp(path, below, below_length) != 0) return passes;
  if (path[below_length] != '/' && path[below_length] != 0) return passes;
  pthread_mutex_lock(&mutex);
  long number = ++calls;
  int struck = first > 0 && number >= first && number < first + count;
  if (log_descriptor >= 0 && (first == 0 || struck)) {
    char line[PATH_MAX + 64];
    const char *rest = path + below_length;
    int size = snprintf(
        line, sizeof line, "%ld %s %s\n", number, name, *rest == '/' ? rest + 1 : ".");
    (void)!REAL(write)(log_descriptor, line, (size_t)size);
  }
  if (struck && mode == powercut) lose_unsynced();
  if (struck && (mode == death || mode == powercut)) _exit(died);
  pthread_mutex_unlock(&mutex);
  if (!struck || mode == none) return passes;
  if (mode == eio) {
    errno = EIO;
    return fails;
  }
  if (kind == freeing_space) return passes;
  if (mode == short_write && kind == writing && number == first) return halves;
  errno = ENOSPC;
  return fails;
}

// The path that `path` means below the directory open as `directory`.
static void resolve(int directory, const char *path, char *result) {
  char folder[PATH_MAX];
  if (path[0] == '/') {
    snprintf(result, PATH_MAX, "%s", path);
    return;
  }
  if (directory == AT_FDCWD) {
    if (!getcwd(folder, sizeof folder)) folder[0] = 0;
  } else {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    ssize_t size = readlink(link, folder, sizeof folder - 1);
    folder[size > 0 ? size : 0] = 0;
  }
  if (snprintf(result, PATH_MAX, "%s/%s", folder, path) >= PATH_MAX) result[0] = 0;
}

static enum verdict judge_path(const char *name, int directory, const char *path, enum kind kind) {
  int before = errno;
  char whole[PATH_MAX];
  resolve(directory, path, whole);
  errno = before;
  return judge(name, whole, kind);
}

static enum verdict judge_descriptor(const char *name, int descriptor, enum kind kind) {
  int before = errno;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t size = readlink(link, path, sizeof path - 1);
  path[size > 0 ? size : 0] = 0;
  errno = before;
  return judge(name, path, kind);
}

// MARK: What is on the disk

// Notes that the file behind `descriptor` is about to change.
static void note_change(int descriptor) {
  struct stat status;
  char link[64];
  if (mode != powercut || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  char path[PATH_MAX];
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0 || strncmp(path, below, below_length) != 0) return;
  pthread_mutex_lock(&mutex);
  int known = 0;
  for (int i = 0; i < unsynced_count; i++)
    known |= unsynced[i].device == status.st_dev && unsynced[i].number == status.st_ino;
  if (!known && unsynced_count < 256) {
    int own = REAL(open)(link, O_WRONLY | O_CLOEXEC);
    if (own >= 0)
      unsynced[unsynced_count++] =
          (struct unsynced){status.st_dev, status.st_ino, status.st_size, own};
  }
  pthread_mutex_unlock(&mutex);
}

// Notes that all of the file behind `descriptor` is on the disk.
static void note_synced(int descriptor) {
  struct stat status;
  if (mode != powercut || fstat(descriptor, &status) != 0) return;
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < unsynced_count; i++)
    if (unsynced[i].device == status.st_dev && unsynced[i].number == status.st_ino) {
      close(unsynced[i].descriptor);
      unsynced[i--] = unsynced[--unsynced_count];
    }
  pthread_mutex_unlock(&mutex);
}

// MARK: The calls

#define OPENING(name, ...)                                                                        \
  mode_t permissions = 0;                                                                         \
  if (flags & O_CREAT) {                                                                          \
    va_list rest;                                                                                 \
    va_start(rest, flags);                                                                        \
    permissions = va_arg(rest, mode_t);                                                           \
    va_end(rest);                                                                                 \
  }                                                                                               \
  int changes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);                   \
  if (changes && judge_path("open", directory, path, needing_space) != passes) return -1;        \
  return REAL(name)(__VA_ARGS__, flags, permissions)

int open(const char *path, int flags, ...) {
  int directory = AT_FDCWD;
  OPENING(open, path);
}

int open64(const char *path, int flags, ...) {
  int directory = AT_FDCWD;
  OPENING(open64, path);
}

int openat(int directory, const char *path, int flags, ...) { OPENING(openat, directory, path); }

int openat64(int directory, const char *path, int flags, ...) {
  OPENING(openat64, directory, path);
}

int creat(const char *path, mode_t permissions) {
  if (judge_path("open", AT_FDCWD, path, needing_space) != passes) return -1;
  return REAL(creat)(path, permissions);
}

#define WRITING(name, size, ...)                                                                  \
  enum verdict verdict = judge_descriptor(#name, descriptor, writing);                            \
  if (verdict == fails) return -1;                                                                \
  if (verdict == halves) size /= 2;                                                               \
  note_change(descriptor);                                                                        \
  return REAL(name)(descriptor, bytes, size __VA_ARGS__)

ssize_t write(int descriptor, const void *bytes, size_t size) { WRITING(write, size, ); }

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
  WRITING(pwrite, size, , offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset) {
  WRITING(pwrite64, size, , offset);
}

#define SYNCING(name)                                                                             \
  if (judge_descriptor(#name, descriptor, needing_space) != passes) return -1;                    \
  int result = REAL(name)(descriptor);                                                            \
  if (result == 0) note_synced(descriptor);                                                       \
  return result

int fsync(int descriptor) { SYNCING(fsync); }
int fdatasync(int descriptor) { SYNCING(fdatasync); }

#define CUTTING(name)                                                                             \
  if (judge_descriptor(#name, descriptor, needing_space) != passes) return -1;                    \
  return REAL(name)(descriptor, size)

int ftruncate(int descriptor, off_t size) { CUTTING(ftruncate); }
int ftruncate64(int descriptor, off64_t size) { CUTTING(ftruncate64); }

#define ON_PATH(name, directory, path, kind, ...)                                                 \
  if (judge_path(#name, directory, path, kind) != passes) return -1;                              \
  return REAL(name)(__VA_ARGS__)

int mkdir(const char *path, mode_t permissions) {
  ON_PATH(mkdir, AT_FDCWD, path, needing_space, path, permissions);
}
int mkdirat(int directory, const char *path, mode_t permissions) {
  ON_PATH(mkdirat, directory, path, needing_space, directory, path, permissions);
}
int symlink(const char *target, const char *path) {
  ON_PATH(symlink, AT_FDCWD, path, needing_space, target, path);
}
int symlinkat(const char *target, int directory, const char *path) {
  ON_PATH(symlinkat, directory, path, needing_space, target, directory, path);
}
int link(const char *source, const char *path) {
  ON_PATH(link, AT_FDCWD, path, needing_space, source, path);
}
int linkat(int from, const char *source, int directory, const char *path, int flags) {
  ON_PATH(linkat, directory, path, needing_space, from, source, directory, path, flags);
}
int rename(const char *source, const char *path) {
  ON_PATH(rename, AT_FDCWD, path, needing_space, source, path);
}
int renameat(int from, const char *source, int directory, const char *path) {
  ON_PATH(renameat, directory, path, needing_space, from, source, directory, path);
}
int renameat2(int from, const char *source, int directory, const char *path, unsigned int flags) {
  ON_PATH(renameat2, directory, path, needing_space, from, source, directory, path, flags);
}
int unlink(const char *path) { ON_PATH(unlink, AT_FDCWD, path, freeing_space, path); }
int unlinkat(int directory, const char *path, int flags) {
  ON_PATH(unlinkat, directory, path, freeing_space, directory, path, flags);
}
int rmdir(const char *path) { ON_PATH(rmdir, AT_FDCWD, path, freeing_space, path); }
int remove(const char *path) { ON_PATH(remove, AT_FDCWD, path, freeing_space, path); }
