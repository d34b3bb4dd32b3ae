// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/similaritymemory.h"

#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"
#include "models/vectors/filestamp.h"
#include "models/vectors/vectorstore.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QThread>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <thread>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

constexpr auto childWord = "--memory-of"_L1;

struct Memory
{
    std::int64_t own = 0;
    std::int64_t mapped = 0;

    std::int64_t all() const { return own + mapped; }
};

Memory residentBytes()
{
    QFile file(u"/proc/self/smaps_rollup"_s);
    Memory memory;
    if (!file.open(QIODevice::ReadOnly))
        return memory;
    const auto bytesOf = [text = file.readAll()](const QByteArray &name) {
        const qsizetype at = text.indexOf(name);
        return at < 0 ? 0 : text.mid(at + name.size(), text.indexOf("kB", at) - at - name.size()).trimmed().toLongLong() * 1024;
    };
    memory.own = bytesOf("Anonymous:");
    memory.mapped = bytesOf("Rss:") - memory.own;
    return memory;
}

} // namespace

bool isMemoryChild(const QStringList &words)
{
    return words.size() == 5 && words[1] == childWord;
}

int measureMemory(const QStringList &words)
{
    const auto dimension = static_cast<std::size_t>(words[4].toULongLong());
    const auto connection = Connection::open(DatabaseUrl::forFile(words[2]));
    const auto catalog = connection ? readCatalog(**connection) : tl::unexpected(connection.error());
    const auto columns = catalog ? readVectorColumns(**connection, *catalog, deriveProfile(*catalog)) : tl::unexpected(catalog.error());
    if (!columns || columns->empty())
        return 1;
    const Memory base = residentBytes();
    Memory peak = base;
    std::jthread watcher([&](const std::stop_token &stop) {
        while (!stop.stop_requested()) {
            if (const Memory now = residentBytes(); now.all() > peak.all())
                peak = now;
            QThread::msleep(2);
        }
    });
    bool isRight = true;
    {
        VectorStore store(words[3]);
        for (int i = 0; i < 10; ++i) {
            std::vector<double> values(dimension);
            for (std::size_t j = 0; j < dimension; ++j)
                values[j] = std::sin(static_cast<double>(j * static_cast<std::size_t>(i + 1)));
            const similarity::ExactQuery query(similarity::Metric::Cosine, values);
            VectorStore::Request request;
            request.query = &query;
            isRight = isRight && store.nearest(**connection, columns->front(), request, {}).has_value();
        }
    }
    watcher.request_stop();
    watcher.join();
    std::printf("%lld %lld\n", static_cast<long long>(peak.own - base.own), static_cast<long long>(peak.mapped - base.mapped));
    return isRight ? 0 : 1;
}

void printMemory(const QString &table, const QString &cache, std::size_t rows, std::size_t dimension)
{
    while (fileStamp(table).isEmpty())
        QThread::msleep(100);
    const QTemporaryDir empty;
    for (const bool isBuilding : {false, true}) {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {childWord, table, isBuilding ? empty.path() : cache, QString::number(dimension)});
        const bool isDone = child.waitForFinished(300'000) && child.exitCode() == 0;
        const QList<QByteArray> words = child.readAllStandardOutput().trimmed().split(' ');
        const double megabytes = 1 << 20;
        const double own = words.value(0).toDouble() / megabytes;
        const double mapped = words.value(1).toDouble() / megabytes;
        const double codes = static_cast<double>(rows * dimension) / megabytes;
        if (isDone && words.size() == 2)
            std::printf("%-58s %10.0f MB = %.0f MB own + %.0f MB mapped   %6.3f × the int8 copy\n", isBuilding ? "memory while building the copy and searching with it" : "memory while searching (≤ 1.3)",
                        own + mapped, own, mapped, (own + mapped) / codes);
        else
            std::puts("the memory could not be measured");
        std::fflush(stdout);
    }
}
