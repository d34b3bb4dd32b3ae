// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commandline.h"

#include <QCoreApplication>

#include <atomic>
#include <csignal>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

int s_signalPipe[2] = {-1, -1};
std::atomic<int> s_interrupts = 0;

/// The first interruption asks the engine to stop; the second does not wait for it.
void onInterrupt(int)
{
    if (++s_interrupts > 1)
        ::_exit(130);
    [[maybe_unused]] const auto written = ::write(s_signalPipe[1], "x", 1);
}

/// What stands on the command line can be read by everybody on the machine: URLs and keyword strings are
/// blotted out once they have been taken over.
void hideSecrets(int argc, char **argv)
{
    for (int i = 1; i < argc; ++i) {
        char *secret = std::strstr(argv[i], "://");
        if (!secret)
            secret = std::strstr(argv[i], "password");
        for (; secret && *secret; ++secret)
            *secret = 'x';
    }
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    hideSecrets(argc, argv);
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("turnstone"));
    QCoreApplication::setApplicationVersion(QStringLiteral(TURNSTONE_VERSION));
    std::signal(SIGPIPE, SIG_IGN);
    std::stop_source stop;
    std::jthread watcher;
    if (::pipe(s_signalPipe) == 0) {
        std::signal(SIGINT, onInterrupt);
        std::signal(SIGTERM, onInterrupt);
        watcher = std::jthread([&stop] {
            char byte = 0;
            if (::read(s_signalPipe[0], &byte, 1) == 1 && byte == 'x')
                stop.request_stop();
        });
    }
    auto streams = turnstone::cli::Streams::ofProcess();
    const int code = turnstone::cli::runCommandLine(arguments, streams, stop.get_token());
    if (watcher.joinable()) {
        [[maybe_unused]] const auto written = ::write(s_signalPipe[1], "q", 1); // lets the watcher go
    }
    return code;
}
