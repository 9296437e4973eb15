/* A disk that can be told to fail, or to write down what it is asked, between SQLite and libc.
 *
 * Loaded with LD_PRELOAD. Files below DISK_FOLDER count, all others are left alone.
 *   DISK_JOURNAL  every write, truncation and sync that went well is noted here, in order
 *   DISK_FAIL_AT  the nth of them fails with EIO (the first is 1)
 *   DISK_STICKY   and all after it
 * A note is: the kind ('w', 't' or 's'), offset, length and length of the path (8 bytes each), the
 * path, and the bytes of a write.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static long calls;
static int journal = -1;

static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_sync)(int);
static int (*real_datasync)(int);
static int (*real_truncate)(int, off64_t);

__attribute__((constructor)) static void begin(void) {
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_sync = dlsym(RTLD_NEXT, "fsync");
    real_datasync = dlsym(RTLD_NEXT, "fdatasync");
    real_truncate = dlsym(RTLD_NEXT, "ftruncate64");
    const char *path = getenv("DISK_JOURNAL");
    if (path != NULL) journal = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
}

/* The path of a file that counts, relative to the folder; 0 for any other. */
static int find(int fd, char *path, size_t size) {
    char link[64];
    const char *folder = getenv("DISK_FOLDER");
    if (folder == NULL) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    size_t prefix = strlen(folder);
    if (length <= (ssize_t)prefix) return 0;
    path[length] = 0;
    if (strncmp(path, folder, prefix) != 0 || path[prefix] != '/') return 0;
    memmove(path, path + prefix + 1, length - prefix);
    return 1;
}

static int fails(void) {
    const char *at = getenv("DISK_FAIL_AT");
    long number = ++calls;
    if (at == NULL) return 0;
    return number == atol(at) || (number > atol(at) && getenv("DISK_STICKY") != NULL);
}

static void note(char kind, const char *path, int64_t offset, int64_t length, const void *data) {
    int64_t head[3] = {offset, length, (int64_t)strlen(path)};
    if (journal < 0) return;
    real_write(journal, &kind, 1);
    real_write(journal, head, sizeof head);
    real_write(journal, path, head[2]);
    if (kind == 'w') real_write(journal, data, length);
}

#define GUARDED(kind, offset, length, data, call)                 \
    char path[4096];                                              \
    if (!find(fd, path, sizeof path)) return call;                \
    pthread_mutex_lock(&one_at_a_time);                           \
    if (fails()) {                                                \
        pthread_mutex_unlock(&one_at_a_time);                     \
        errno = EIO;                                              \
        return -1;                                                \
    }                                                             \
    ssize_t done = call;                                          \
    if (done >= 0) note(kind, path, offset, length, data);        \
    pthread_mutex_unlock(&one_at_a_time);                         \
    return done;

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    GUARDED('w', offset, done, data, real_pwrite(fd, data, size, offset))
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    return pwrite64(fd, data, size, offset);
}

int fsync(int fd) { GUARDED('s', 0, 0, NULL, real_sync(fd)) }

int fdatasync(int fd) { GUARDED('s', 0, 0, NULL, real_datasync(fd)) }

int ftruncate64(int fd, off64_t length) {
    GUARDED('t', length, 0, NULL, real_truncate(fd, length))
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }
