/* Writes down, in order, everything a process does to the files under one folder that a power cut could undo.
 *
 * Preloaded into a workload (ld.so(8), LD_PRELOAD), which says by power_begin, or by the environment's POWER_ROOT and
 * POWER_LOG, which folder is meant, as a real path, and which file the events go to. One mutex is held around each call and its event, so that the log's order is the order in which the
 * kernel saw the calls. What the process maps (the log's index, "-shm") is no file after a power cut and is left out.
 *
 * An event is a header of 40 bytes in the machine's order, then name, second name and data:
 *   u32 kind, u32 bytes of name, u32 bytes of second name, u32 zero, u64 inode, u64 offset, u64 bytes of data
 * tests/power/recording.py reads it. An event it can't write ends the process: a log with a hole proves nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OPENED = 1, CREATED, WRITTEN, TRUNCATED, SYNCED, RENAMED, LINKED, UNLINKED, MADE, REMOVED, MARKED };

#define FDS_MAX 65536

static pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static uint64_t inode_of[FDS_MAX]; /* 0: not under the folder */
static char root[PATH_MAX];
static size_t root_bytes;
static int log_fd = -1;

static void die(const char *why) {
    if (write(2, why, strlen(why)) < 0) {
        /* nobody to tell */
    }
    _exit(70);
}

static void put(const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        ssize_t done = syscall(SYS_write, log_fd, at, length);
        if (done < 0) {
            if (errno == EINTR)
                continue;
            die("power logger: the log can't be written\n");
        }
        at += done;
        length -= (size_t)done;
    }
}

static void note(enum kind kind, const char *name, const char *second, uint64_t inode, uint64_t offset,
                 const void *data, uint64_t length) {
    struct {
        uint32_t kind, name_bytes, second_bytes, zero;
        uint64_t inode, offset, length;
    } header = {kind, name ? strlen(name) : 0, second ? strlen(second) : 0, 0, inode, offset, data ? length : 0};
    int before = errno;
    put(&header, sizeof header);
    if (name)
        put(name, header.name_bytes);
    if (second)
        put(second, header.second_bytes);
    if (data)
        put(data, length);
    errno = before;
}

/* Begins to write down; also called by a process that was forked off before anything of its work was done. */
void power_begin(const char *folder, const char *log) {
    root_bytes = strlen(folder);
    if (root_bytes >= sizeof root)
        die("power logger: the folder's path is too long\n");
    memcpy(root, folder, root_bytes + 1);
    log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0)
        die("power logger: the log can't be opened\n");
}

__attribute__((constructor)) static void begin_at_once(void) {
    const char *folder = getenv("POWER_ROOT"), *log = getenv("POWER_LOG");
    if (folder && log)
        power_begin(folder, log);
}

/* The path below the folder, or NULL for what is none of its files. */
static const char *below(int at, const char *path, char *whole) {
    char link[64];
    size_t length = 0;
    if (log_fd < 0 || !path)
        return NULL;
    if (path[0] == '/') {
        length = (size_t)snprintf(whole, PATH_MAX, "%s", path);
    } else {
        ssize_t found;
        if (at == AT_FDCWD)
            snprintf(link, sizeof link, "/proc/self/cwd");
        else
            snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        found = readlink(link, whole, PATH_MAX - 1);
        if (found < 0)
            return NULL;
        length = (size_t)found + (size_t)snprintf(whole + found, PATH_MAX - (size_t)found, "/%s", path);
    }
    while (length > 1 && length < PATH_MAX && whole[length - 1] == '/')
        whole[--length] = 0;
    if (length >= PATH_MAX || strncmp(whole, root, root_bytes) || (whole[root_bytes] && whole[root_bytes] != '/'))
        return NULL;
    if (length > 4 && !strcmp(whole + length - 4, "-shm"))
        return NULL;
    return whole[root_bytes] ? whole + root_bytes + 1 : ".";
}

#define REAL(name) ((__typeof__(&name))next(#name))

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        die("power logger: the C library lacks a call\n");
    return found;
}

static int tracked(int fd) { return fd >= 0 && fd < FDS_MAX && inode_of[fd]; }

/* ---------------------------------------------------------------------------------------------- opening */

static int opened(int at, const char *path, int flags, mode_t mode) {
    char whole[PATH_MAX];
    const char *name;
    int fd, was_there;
    struct stat found;
    pthread_mutex_lock(&mutex);
    name = below(at, path, whole);
    was_there = name && fstatat(at, path, &found, 0) == 0;
    fd = (int)syscall(SYS_openat, at, path, flags | O_LARGEFILE, mode);
    if (fd >= 0) {
        if (fd >= FDS_MAX)
            die("power logger: too many open files\n");
        inode_of[fd] = 0;
        if (name && !(flags & O_PATH) && (flags & O_TMPFILE) != O_TMPFILE && fstat(fd, &found) == 0) {
            inode_of[fd] = found.st_ino;
            note(was_there ? OPENED : CREATED, name, NULL, found.st_ino, S_ISDIR(found.st_mode), NULL, 0);
            if (was_there && (flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY)
                note(TRUNCATED, NULL, NULL, found.st_ino, 0, NULL, 0);
        }
    }
    pthread_mutex_unlock(&mutex);
    return fd;
}

#define MODE(flags, last)                                                                                              \
    mode_t mode = 0;                                                                                                   \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                             \
        va_list rest;                                                                                                  \
        va_start(rest, last);                                                                                          \
        mode = (mode_t)va_arg(rest, int);                                                                              \
        va_end(rest);                                                                                                  \
    }

int open(const char *path, int flags, ...) {
    MODE(flags, flags)
    return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE(flags, flags)
    return opened(AT_FDCWD, path, flags, mode);
}
int openat(int at, const char *path, int flags, ...) {
    MODE(flags, flags)
    return opened(at, path, flags, mode);
}
int openat64(int at, const char *path, int flags, ...) {
    MODE(flags, flags)
    return opened(at, path, flags, mode);
}
/* What open() becomes in programs built with _FORTIFY_SOURCE. */
int __open_2(const char *path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return opened(AT_FDCWD, path, flags, 0); }
int __openat_2(int at, const char *path, int flags) { return opened(at, path, flags, 0); }
int __openat64_2(int at, const char *path, int flags) { return opened(at, path, flags, 0); }
int creat(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode); }

int close(int fd) {
    int result;
    pthread_mutex_lock(&mutex);
    if (fd >= 0 && fd < FDS_MAX)
        inode_of[fd] = 0;
    result = (int)syscall(SYS_close, fd);
    pthread_mutex_unlock(&mutex);
    return result;
}

static int copied(int from, int to) {
    if (to >= 0 && to < FDS_MAX && from >= 0 && from < FDS_MAX)
        inode_of[to] = inode_of[from];
    return to;
}
int dup(int fd) {
    int result;
    pthread_mutex_lock(&mutex);
    result = copied(fd, REAL(dup)(fd));
    pthread_mutex_unlock(&mutex);
    return result;
}
static int controlled(int fd, int command, void *argument) {
    int result;
    if (command != F_DUPFD && command != F_DUPFD_CLOEXEC)
        return (int)syscall(SYS_fcntl, fd, command, argument); /* may wait for a lock */
    pthread_mutex_lock(&mutex);
    result = copied(fd, (int)syscall(SYS_fcntl, fd, command, argument));
    pthread_mutex_unlock(&mutex);
    return result;
}
#define CONTROL(name)                                                                                                  \
    int name(int fd, int command, ...) {                                                                               \
        va_list rest;                                                                                                  \
        void *argument;                                                                                                \
        va_start(rest, command);                                                                                       \
        argument = va_arg(rest, void *);                                                                               \
        va_end(rest);                                                                                                  \
        return controlled(fd, command, argument);                                                                      \
    }
CONTROL(fcntl)
CONTROL(fcntl64)
int dup2(int fd, int to) {
    int result;
    pthread_mutex_lock(&mutex);
    result = copied(fd, REAL(dup2)(fd, to));
    pthread_mutex_unlock(&mutex);
    return result;
}
int dup3(int fd, int to, int flags) {
    int result;
    pthread_mutex_lock(&mutex);
    result = copied(fd, REAL(dup3)(fd, to, flags));
    pthread_mutex_unlock(&mutex);
    return result;
}

/* ---------------------------------------------------------------------------------------------- writing */

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    ssize_t done;
    pthread_mutex_lock(&mutex);
    done = syscall(SYS_pwrite64, fd, bytes, length, offset);
    if (done > 0 && tracked(fd))
        note(WRITTEN, NULL, NULL, inode_of[fd], (uint64_t)offset, bytes, (uint64_t)done);
    pthread_mutex_unlock(&mutex);
    return done;
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) { return pwrite(fd, bytes, length, offset); }

/* Where a call that moves the file's position has put its last bytes; right for O_APPEND as well. */
static uint64_t behind(int fd, ssize_t done) { return (uint64_t)(lseek(fd, 0, SEEK_CUR) - done); }

ssize_t write(int fd, const void *bytes, size_t length) {
    ssize_t done;
    pthread_mutex_lock(&mutex);
    done = syscall(SYS_write, fd, bytes, length);
    if (done > 0 && tracked(fd))
        note(WRITTEN, NULL, NULL, inode_of[fd], behind(fd, done), bytes, (uint64_t)done);
    pthread_mutex_unlock(&mutex);
    return done;
}

static void note_parts(int fd, const struct iovec *parts, int count, uint64_t offset, ssize_t done) {
    for (int i = 0; i < count && done > 0; i++) {
        ssize_t length = (ssize_t)parts[i].iov_len < done ? (ssize_t)parts[i].iov_len : done;
        note(WRITTEN, NULL, NULL, inode_of[fd], offset, parts[i].iov_base, (uint64_t)length);
        offset += (uint64_t)length;
        done -= length;
    }
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    ssize_t done;
    pthread_mutex_lock(&mutex);
    done = syscall(SYS_writev, fd, parts, count);
    if (done > 0 && tracked(fd))
        note_parts(fd, parts, count, behind(fd, done), done);
    pthread_mutex_unlock(&mutex);
    return done;
}
ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags) {
    ssize_t done;
    pthread_mutex_lock(&mutex);
    done = REAL(pwritev2)(fd, parts, count, offset, flags);
    if (done > 0 && tracked(fd))
        note_parts(fd, parts, count, offset == -1 ? behind(fd, done) : (uint64_t)offset, done);
    pthread_mutex_unlock(&mutex);
    return done;
}
ssize_t pwritev64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags) {
    return pwritev2(fd, parts, count, offset, flags);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    return pwritev2(fd, parts, count, offset, 0);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    return pwritev2(fd, parts, count, offset, 0);
}

/* What the kernel copied from one file to another; read from where it came, as the target may be open for writing
 * only. */
static void note_copied(int to, uint64_t to_offset, int from, uint64_t from_offset, ssize_t done) {
    char piece[65536];
    while (done > 0) {
        size_t wanted = (size_t)done < sizeof piece ? (size_t)done : sizeof piece;
        ssize_t got = pread(from, piece, wanted, (off_t)from_offset);
        if (got <= 0)
            die("power logger: what was copied can't be read\n");
        note(WRITTEN, NULL, NULL, inode_of[to], to_offset, piece, (uint64_t)got);
        to_offset += (uint64_t)got;
        from_offset += (uint64_t)got;
        done -= got;
    }
}
ssize_t sendfile(int to, int from, off_t *offset, size_t length) {
    ssize_t done;
    pthread_mutex_lock(&mutex);
    done = syscall(SYS_sendfile, to, from, offset, length);
    if (done > 0 && tracked(to))
        note_copied(to, behind(to, done), from, offset ? (uint64_t)(*offset - done) : behind(from, done), done);
    pthread_mutex_unlock(&mutex);
    return done;
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t length) { return sendfile(to, from, offset, length); }
ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned flags) {
    ssize_t done;
    pthread_mutex_lock(&mutex);
    done = syscall(SYS_copy_file_range, from, from_at, to, to_at, length, flags);
    if (done > 0 && tracked(to))
        note_copied(to, to_at ? (uint64_t)(*to_at - done) : behind(to, done), from,
                    from_at ? (uint64_t)(*from_at - done) : behind(from, done), done);
    pthread_mutex_unlock(&mutex);
    return done;
}

int ftruncate(int fd, off_t length) {
    int result;
    pthread_mutex_lock(&mutex);
    result = (int)syscall(SYS_ftruncate, fd, length);
    if (result == 0 && tracked(fd))
        note(TRUNCATED, NULL, NULL, inode_of[fd], (uint64_t)length, NULL, 0);
    pthread_mutex_unlock(&mutex);
    return result;
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }
int truncate(const char *path, off_t length) {
    char whole[PATH_MAX];
    const char *name;
    int result;
    struct stat found;
    pthread_mutex_lock(&mutex);
    name = below(AT_FDCWD, path, whole);
    result = (int)syscall(SYS_truncate, path, length);
    if (result == 0 && name && stat(path, &found) == 0) {
        note(OPENED, name, NULL, found.st_ino, 0, NULL, 0);
        note(TRUNCATED, NULL, NULL, found.st_ino, (uint64_t)length, NULL, 0);
    }
    pthread_mutex_unlock(&mutex);
    return result;
}
int truncate64(const char *path, off64_t length) { return truncate(path, length); }

/* Room kept for later makes a file longer at most; its bytes are zeros. */
int posix_fallocate(int fd, off_t offset, off_t length) {
    int result;
    struct stat before, after;
    pthread_mutex_lock(&mutex);
    result = tracked(fd) && fstat(fd, &before) ? errno : REAL(posix_fallocate)(fd, offset, length);
    if (result == 0 && tracked(fd) && fstat(fd, &after) == 0 && after.st_size > before.st_size)
        note(TRUNCATED, NULL, NULL, inode_of[fd], (uint64_t)after.st_size, NULL, 0);
    pthread_mutex_unlock(&mutex);
    return result;
}
int posix_fallocate64(int fd, off64_t offset, off64_t length) { return posix_fallocate(fd, offset, length); }

/* --------------------------------------------------------------------------------- syncing, names, marks */

static int synced(int fd, long call) {
    int result;
    pthread_mutex_lock(&mutex);
    result = (int)syscall(call, fd);
    if (result == 0 && tracked(fd))
        note(SYNCED, NULL, NULL, inode_of[fd], 0, NULL, 0);
    pthread_mutex_unlock(&mutex);
    return result;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int moved(enum kind kind, int at, const char *path, int to_at, const char *to, unsigned flags) {
    char whole[PATH_MAX], other[PATH_MAX];
    const char *name, *second;
    int result;
    struct stat found;
    pthread_mutex_lock(&mutex);
    name = below(at, path, whole);
    second = below(to_at, to, other);
    if (kind == RENAMED)
        result = (int)syscall(SYS_renameat2, at, path, to_at, to, flags);
    else
        result = (int)syscall(SYS_linkat, at, path, to_at, to, flags);
    if (result == 0 && (name || second)) {
        if (!name || !second || (kind == RENAMED && flags & ~1u)) /* 1: RENAME_NOREPLACE */
            die("power logger: a file was moved over the folder's edge, or two exchanged\n");
        if (fstatat(to_at, to, &found, AT_SYMLINK_NOFOLLOW) == 0)
            note(kind, name, second, found.st_ino, S_ISDIR(found.st_mode), NULL, 0);
    }
    pthread_mutex_unlock(&mutex);
    return result;
}
int rename(const char *path, const char *to) { return moved(RENAMED, AT_FDCWD, path, AT_FDCWD, to, 0); }
int renameat(int at, const char *path, int to_at, const char *to) { return moved(RENAMED, at, path, to_at, to, 0); }
int renameat2(int at, const char *path, int to_at, const char *to, unsigned flags) {
    return moved(RENAMED, at, path, to_at, to, flags);
}
int link(const char *path, const char *to) { return moved(LINKED, AT_FDCWD, path, AT_FDCWD, to, 0); }
int linkat(int at, const char *path, int to_at, const char *to, int flags) {
    return moved(LINKED, at, path, to_at, to, (unsigned)flags);
}

static int gone(int at, const char *path, int flags) {
    char whole[PATH_MAX];
    const char *name;
    int result;
    pthread_mutex_lock(&mutex);
    name = below(at, path, whole);
    result = (int)syscall(SYS_unlinkat, at, path, flags);
    if (result == 0 && name)
        note(flags & AT_REMOVEDIR ? REMOVED : UNLINKED, name, NULL, 0, 0, NULL, 0);
    pthread_mutex_unlock(&mutex);
    return result;
}
int unlink(const char *path) { return gone(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return gone(at, path, flags); }
int rmdir(const char *path) { return gone(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
    struct stat found;
    return gone(AT_FDCWD, path, lstat(path, &found) == 0 && S_ISDIR(found.st_mode) ? AT_REMOVEDIR : 0);
}

int mkdirat(int at, const char *path, mode_t mode) {
    char whole[PATH_MAX];
    const char *name;
    int result;
    struct stat found;
    pthread_mutex_lock(&mutex);
    name = below(at, path, whole);
    result = (int)syscall(SYS_mkdirat, at, path, mode);
    if (result == 0 && name && fstatat(at, path, &found, 0) == 0)
        note(MADE, name, NULL, found.st_ino, 0, NULL, 0);
    pthread_mutex_unlock(&mutex);
    return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

/* Called by the workload: what it has just been promised. */
void power_mark(const char *text, size_t length) {
    pthread_mutex_lock(&mutex);
    if (log_fd >= 0)
        note(MARKED, NULL, NULL, 0, 0, text, length);
    pthread_mutex_unlock(&mutex);
}
