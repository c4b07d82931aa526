/* The wall clock of the web processes and of the worker, moved by whole seconds that stand in a
 * file: loaded before the C library, so that everything in the process sees it, at once and while
 * it runs. Steady clocks and waiting stay the machine's, as they do when a real clock is stepped. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;
static int (*machine)(clockid_t, struct timespec *);

static const char *kind(void) {
    static char said[4096];
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, said, sizeof said);
    if (file >= 0) close(file);
    if (length <= 0) return NULL;
    if (memmem(said, length, "serve\0web", 9)) return "web";
    if (memmem(said, length, "metatron\0work", 13)) return "worker";
    return NULL;
}

__attribute__((constructor)) static void begin(void) {
    char path[4096];
    const char *folder = getenv("NIGHT_CLOCKS"), *own = kind();
    machine = dlsym(RTLD_NEXT, "clock_gettime");
    if (!folder || !own) return;
    snprintf(path, sizeof path, "%s/%s", folder, own);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    void *seen = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    if (seen != MAP_FAILED) ahead = seen;
    close(file);
}

int clock_gettime(clockid_t which, struct timespec *told) {
    if (!machine) machine = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = machine(which, told);
    if (!failed && ahead && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        told->tv_sec += *ahead;
    return failed;
}

int gettimeofday(struct timeval *restrict told, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    told->tv_sec = now.tv_sec;
    told->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
