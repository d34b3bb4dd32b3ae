// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backup/childprocess.h"

#include <QCoreApplication>
#include <QFile>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; // NOLINT: POSIX declares it nowhere

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int pollMs = 100; // how soon a stop is noticed

struct Pipe
{
    int read = -1;
    int write = -1;
    ~Pipe()
    {
        closeEnd(read);
        closeEnd(write);
    }
    static void closeEnd(int &end)
    {
        if (end >= 0)
            ::close(std::exchange(end, -1));
    }
    bool open()
    {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return false;
        read = ends[0];
        write = ends[1];
        return true;
    }
};

std::vector<char *> pointersTo(std::vector<QByteArray> &texts)
{
    std::vector<char *> pointers;
    for (QByteArray &text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

} // namespace

Result<int> ChildProcess::run(std::stop_token stop) const
{
    Pipe errors;
    Pipe results;
    if (!errors.open() || !results.open())
        return failure(ErrorCode::Io, QCoreApplication::translate("ChildProcess", "%1 cannot be started.").arg(program), QString::fromLocal8Bit(std::strerror(errno)));
    std::vector<QByteArray> words{QFile::encodeName(program)};
    for (const QString &argument : arguments)
        words.push_back(QFile::encodeName(argument));
    std::vector<QByteArray> variables;
    for (char **entry = environ; *entry; ++entry) {
        const QByteArray text(*entry);
        if (!environment.contains(text.left(text.indexOf('='))))
            variables.push_back(text);
    }
    for (const auto &[name, value] : environment)
        variables.push_back(name + '=' + value);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, results.write, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors.write, STDERR_FILENO);
    pid_t child = 0;
    const int status = ::posix_spawn(&child, words.front().constData(), &actions, nullptr, pointersTo(words).data(), pointersTo(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    Pipe::closeEnd(errors.write);
    Pipe::closeEnd(results.write);
    if (status != 0)
        return failure(status == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, QCoreApplication::translate("ChildProcess", "%1 cannot be started.").arg(program), QString::fromLocal8Bit(std::strerror(status)));

    QByteArray line;
    bool isStopping = false;
    std::array<char, 4096> buffer{};
    while (errors.read >= 0 || results.read >= 0) {
        std::array<pollfd, 2> ends{pollfd{errors.read, POLLIN, 0}, pollfd{results.read, POLLIN, 0}};
        ::poll(ends.data(), ends.size(), pollMs);
        if (stop.stop_requested() && !std::exchange(isStopping, true))
            ::kill(child, SIGTERM);
        const auto drain = [&](const pollfd &end, int &handle, auto take) {
            if (handle < 0 || end.revents == 0)
                return;
            const ssize_t got = ::read(handle, buffer.data(), buffer.size());
            if (got > 0)
                take(QByteArrayView(buffer.data(), got));
            else if (got == 0 || errno != EINTR)
                Pipe::closeEnd(handle);
        };
        drain(ends[0], errors.read, [&](QByteArrayView bytes) {
            for (const char c : bytes) {
                if (c != '\n') {
                    line += c;
                    continue;
                }
                if (onErrorLine)
                    onErrorLine(QString::fromLocal8Bit(line));
                line.clear();
            }
        });
        drain(ends[1], results.read, [&](QByteArrayView bytes) {
            if (output)
                output->append(bytes);
        });
    }
    if (!line.isEmpty() && onErrorLine)
        onErrorLine(QString::fromLocal8Bit(line));
    int ended = 0;
    while (::waitpid(child, &ended, 0) < 0 && errno == EINTR) { }
    if (isStopping)
        return failure(ErrorCode::Cancelled, QCoreApplication::translate("Connection", "The work was stopped."));
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

} // namespace turnstone
