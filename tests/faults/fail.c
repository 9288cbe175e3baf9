/* Preloaded into a workload's process: counts the operations on files below one folder and lets the chosen ones fail.
 *
 * The test and the workload share one page of memory (FAULTS_PAGE names its file, FAULTS_ROOT the folder). Operations are
 * counted from 1 when the page is armed; the one numbered `fail_at` fails with `error`, and with `stays` every later one
 * as well. Only operations of the kinds in `kinds` are counted, so that every number is a fault that can happen: a full
 * disk refuses no read. With `partial` a write that is to fail takes half of its bytes first, as a disk that fills up
 * does. Everything else goes to the C library as it came.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { READ = 1, WRITE = 2, SYNC = 4, TRUNCATE = 8, OPEN = 16, MAKE = 32, RENAME = 64, UNLINK = 128, LOCK = 256 };

struct page {
    volatile int64_t armed, kinds, fail_at, error, stays, partial; /* set by the test */
    volatile int64_t count, fired, fired_kind;                     /* told to it */
    char fired_name[240];
};

#define HANDLES 4096
#define PATH_LENGTH 4096

static struct page *page;
static char root[PATH_LENGTH];
static size_t root_length;
static unsigned char below[HANDLES];
static char names[HANDLES][64];

#define REAL(type, name, ...) \
    static type (*real_##name)(__VA_ARGS__); \
    if (!real_##name) real_##name = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("FAULTS_PAGE"), *folder = getenv("FAULTS_ROOT");
    int handle;
    if (!file || !folder || strlen(folder) >= PATH_LENGTH) return;
    strcpy(root, folder);
    root_length = strlen(root);
    handle = open(file, O_RDWR);
    if (handle < 0) return;
    page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
    if (page == MAP_FAILED) page = NULL;
    close(handle);
}

static int is_below(const char *path)
{
    return page && path && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || !path[root_length]);
}

static int is_handle_below(int handle) { return page && handle >= 0 && handle < HANDLES && below[handle]; }

static const char *name_of(int handle) { return names[handle]; }

/* Counts one operation; says whether it is one that fails, and sets errno then. */
static int fails(int kind, const char *path)
{
    int64_t number;
    if (!page->armed || !(page->kinds & kind)) return 0;
    number = ++page->count;
    if (!page->fail_at || number < page->fail_at || (number > page->fail_at && !page->stays)) return 0;
    if (!page->fired++) {
        const char *last = strrchr(path, '/');
        page->fired_kind = kind;
        strncpy(page->fired_name, last ? last + 1 : path, sizeof page->fired_name - 1);
    }
    errno = (int)page->error;
    return 1;
}

static void remember(int handle, const char *path)
{
    const char *last = strrchr(path, '/');
    if (handle < 0 || handle >= HANDLES) return;
    below[handle] = 1;
    strncpy(names[handle], last ? last + 1 : path, sizeof names[handle] - 1);
}

static int makes(int flags) { return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE; }

#define OPENING(name) \
    int name(const char *path, int flags, ...) \
    { \
        mode_t mode = 0; \
        int handle; \
        REAL(int, name, const char *, int, ...); \
        if (makes(flags)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
        if (!is_below(path)) return real_##name(path, flags, mode); \
        if (fails(OPEN | (makes(flags) ? MAKE : 0), path)) return -1; \
        handle = real_##name(path, flags, mode); \
        remember(handle, path); \
        return handle; \
    }
OPENING(open)
OPENING(open64)

#define OPENING_AT(name) \
    int name(int folder, const char *path, int flags, ...) \
    { \
        mode_t mode = 0; \
        int handle; \
        REAL(int, name, int, const char *, int, ...); \
        if (makes(flags)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
        if (!is_below(path)) return real_##name(folder, path, flags, mode); \
        if (fails(OPEN | (makes(flags) ? MAKE : 0), path)) return -1; \
        handle = real_##name(folder, path, flags, mode); \
        remember(handle, path); \
        return handle; \
    }
OPENING_AT(openat)
OPENING_AT(openat64)

int close(int handle)
{
    REAL(int, close, int);
    if (handle >= 0 && handle < HANDLES) below[handle] = 0;
    return real_close(handle);
}

ssize_t read(int handle, void *bytes, size_t length)
{
    REAL(ssize_t, read, int, void *, size_t);
    if (is_handle_below(handle) && fails(READ, name_of(handle))) return -1;
    return real_read(handle, bytes, length);
}

ssize_t write(int handle, const void *bytes, size_t length)
{
    REAL(ssize_t, write, int, const void *, size_t);
    if (is_handle_below(handle) && fails(WRITE, name_of(handle))) {
        if (!page->partial || length < 2) return -1;
        return real_write(handle, bytes, length / 2);
    }
    return real_write(handle, bytes, length);
}

#define READING_AT(name, offset_type) \
    ssize_t name(int handle, void *bytes, size_t length, offset_type offset) \
    { \
        REAL(ssize_t, name, int, void *, size_t, offset_type); \
        if (is_handle_below(handle) && fails(READ, name_of(handle))) return -1; \
        return real_##name(handle, bytes, length, offset); \
    }
READING_AT(pread, off_t)
READING_AT(pread64, off64_t)

#define WRITING_AT(name, offset_type) \
    ssize_t name(int handle, const void *bytes, size_t length, offset_type offset) \
    { \
        REAL(ssize_t, name, int, const void *, size_t, offset_type); \
        if (is_handle_below(handle) && fails(WRITE, name_of(handle))) { \
            if (!page->partial || length < 2) return -1; \
            return real_##name(handle, bytes, length / 2, offset); \
        } \
        return real_##name(handle, bytes, length, offset); \
    }
WRITING_AT(pwrite, off_t)
WRITING_AT(pwrite64, off64_t)

#define ON_HANDLE(type, name, kind, parameters, arguments) \
    type name parameters \
    { \
        static type (*real) parameters; \
        if (!real) real = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
        if (is_handle_below(handle) && fails(kind, name_of(handle))) return -1; \
        return real arguments; \
    }
ON_HANDLE(int, fsync, SYNC, (int handle), (handle))
ON_HANDLE(int, fdatasync, SYNC, (int handle), (handle))
ON_HANDLE(int, ftruncate, TRUNCATE, (int handle, off_t length), (handle, length))
ON_HANDLE(int, ftruncate64, TRUNCATE, (int handle, off64_t length), (handle, length))
ON_HANDLE(int, flock, LOCK, (int handle, int operation), (handle, operation))

#define ON_PATH(type, name, kind, path, parameters, arguments) \
    type name parameters \
    { \
        static type (*real) parameters; \
        if (!real) real = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
        if (is_below(path) && fails(kind, path)) return -1; \
        return real arguments; \
    }
ON_PATH(int, rename, RENAME, to, (const char *from, const char *to), (from, to))
ON_PATH(int, renameat, RENAME, to, (int a, const char *from, int b, const char *to), (a, from, b, to))
ON_PATH(int, link, MAKE, to, (const char *from, const char *to), (from, to))
ON_PATH(int, linkat, MAKE, to, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags))
ON_PATH(int, unlink, UNLINK, path, (const char *path), (path))
ON_PATH(int, unlinkat, UNLINK, path, (int folder, const char *path, int flags), (folder, path, flags))
ON_PATH(int, mkdir, MAKE, path, (const char *path, mode_t mode), (path, mode))
ON_PATH(int, rmdir, UNLINK, path, (const char *path), (path))
