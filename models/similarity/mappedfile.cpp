// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/mappedfile.h"

#include <QFile>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace turnstone::similarity {

namespace {

/// What the handler of the signal looks at: no locks, no memory of its own. `size` is 0 where nobody is, and is written last.
struct Watched
{
    std::atomic<bool> isTaken = false;
    std::atomic<std::uintptr_t> start = 0;
    std::atomic<std::size_t> size = 0;
    std::atomic<bool> isTorn = false;
};

constexpr std::size_t mostWatched = 64;
std::array<Watched, mostWatched> watchedFiles;
std::uintptr_t pageSize = 4096;
struct sigaction before = {};

void handOn(int signal, siginfo_t *info, void *context)
{
    if ((before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction != nullptr) {
        before.sa_sigaction(signal, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN && before.sa_handler != nullptr) {
        before.sa_handler(signal);
    } else {
        // The instruction faults again, with nobody to catch it.
        struct sigaction standard = {};
        standard.sa_handler = SIG_DFL;
        ::sigaction(signal, &standard, nullptr);
    }
}

/// A page that the file does not have any more is replaced by one of zeros; the instruction is repeated and goes on.
void onBusError(int signal, siginfo_t *info, void *context)
{
    const int error = errno;
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (Watched &watched : watchedFiles) {
        const std::size_t size = watched.size.load(std::memory_order_acquire);
        const std::uintptr_t start = watched.start.load(std::memory_order_relaxed);
        if (size == 0 || address < start || address >= start + size)
            continue;
        watched.isTorn.store(true, std::memory_order_release);
        void *page = reinterpret_cast<void *>(address & ~(pageSize - 1));
        if (::mmap(page, pageSize, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED) {
            errno = error;
            return;
        }
    }
    errno = error;
    handOn(signal, info, context);
}

void installHandler()
{
    pageSize = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action = {};
    action.sa_sigaction = onBusError;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &before);
}

int watch(const void *start, std::size_t size)
{
    static std::once_flag once;
    std::call_once(once, installHandler);
    for (std::size_t i = 0; i < mostWatched; ++i) {
        Watched &watched = watchedFiles[i];
        if (watched.isTaken.exchange(true))
            continue;
        watched.isTorn = false;
        watched.start.store(reinterpret_cast<std::uintptr_t>(start), std::memory_order_relaxed);
        watched.size.store(size, std::memory_order_release);
        return static_cast<int>(i);
    }
    return -1;
}

std::int64_t changedNs(const struct stat &status)
{
    return static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
}

/// More files than watchedFiles: the bytes in memory of our own. False: the file is shorter than it was.
bool readWhole(int file, char *into, std::size_t size)
{
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(file, into + done, size - done, static_cast<off_t>(done));
        if (got > 0)
            done += static_cast<std::size_t>(got);
        else if (got == 0 || errno != EINTR)
            return false;
    }
    return true;
}

} // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const QString &path)
{
    std::shared_ptr<MappedFile> mapped(new MappedFile);
    mapped->m_file = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    struct stat status = {};
    if (mapped->m_file < 0 || ::fstat(mapped->m_file, &status) != 0 || status.st_size <= 0)
        return nullptr;
    mapped->m_changedNs = changedNs(status);
    const auto size = static_cast<std::size_t>(status.st_size);
    void *memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, mapped->m_file, 0);
    if (memory == MAP_FAILED)
        return nullptr;
    mapped->m_data = static_cast<char *>(memory);
    mapped->m_size = size;
    mapped->m_watched = watch(memory, size);
    if (mapped->m_watched >= 0)
        return mapped;
    ::munmap(memory, size);
    memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mapped->m_data = memory == MAP_FAILED ? nullptr : static_cast<char *>(memory);
    if (mapped->m_data == nullptr || !readWhole(mapped->m_file, mapped->m_data, size))
        return nullptr;
    return mapped;
}

MappedFile::~MappedFile()
{
    if (m_watched >= 0) { // before the addresses can become somebody else's
        Watched &watched = watchedFiles[static_cast<std::size_t>(m_watched)];
        watched.size.store(0, std::memory_order_release);
        watched.isTaken.store(false, std::memory_order_release);
    }
    if (m_data != nullptr)
        ::munmap(m_data, m_size);
    if (m_file >= 0)
        ::close(m_file);
}

bool MappedFile::isIntact() const
{
    if (m_watched < 0)
        return true;
    if (watchedFiles[static_cast<std::size_t>(m_watched)].isTorn.load(std::memory_order_acquire))
        return false;
    struct stat status = {};
    return ::fstat(m_file, &status) == 0 && static_cast<std::size_t>(status.st_size) == m_size && changedNs(status) == m_changedNs;
}

} // namespace turnstone::similarity
