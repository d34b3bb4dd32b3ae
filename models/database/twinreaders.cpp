// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/twinreaders.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <thread>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxBeginnings = 50;
/// A writer that waits for the first reader lets no second one in: that one must give up, so that both begin anew behind the writer.
constexpr std::chrono::milliseconds lockTimeoutOfSecond{10};

/// Where the two readers wait for each other.
struct Meeting
{
    std::barrier<> barrier{2};
    bool secondIsThere = false;
    bool firstHasBegun = false;
    bool isSameState = false;

    void wait() { barrier.arrive_and_wait(); }
};

Result<> beginReading(Connection &connection)
{
    connection.rollback();
    if (connection.engine() == Engine::PostgreSql) {
        const auto begun = connection.execute(u"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"_s);
        return begun ? Result<>() : Result<>(failure(begun));
    }
    if (const Result<> begun = connection.begin(); !begun)
        return begun;
    const Result<Value> seen = connection.queryValue(u"SELECT count(*) FROM sqlite_schema"_s); // BEGIN alone reads nothing
    return seen ? Result<>() : Result<>(failure(seen));
}

void second(const Connection &first, const std::stop_token &stop, Meeting &meeting, const std::function<void(Connection &, int)> &work)
{
    ConnectionOptions options = first.options();
    options.readOnly = true;
    options.lockTimeout = std::min(options.lockTimeout, lockTimeoutOfSecond);
    auto opened = Connection::open(first.url(), options);
    meeting.secondIsThere = opened.has_value();
    meeting.wait();
    if (!opened)
        return;
    Connection &connection = **opened;
    connection.setStopToken(stop);
    const std::stop_callback interrupt(stop, [&] { connection.interrupt(); });
    for (int i = 0; !meeting.isSameState && i < maxBeginnings; ++i) {
        connection.rollback();
        const Result<Value> before = connection.queryValue(u"PRAGMA data_version"_s);
        meeting.wait(); // noted; the first one begins
        meeting.wait();
        const bool begun = beginReading(connection).has_value();
        const Result<Value> after = connection.queryValue(u"PRAGMA data_version"_s);
        meeting.isSameState = meeting.firstHasBegun && begun && before && after && *before == *after;
        meeting.wait();
    }
    if (meeting.isSameState)
        work(connection, 2);
    connection.rollback();
}

} // namespace

Result<int> runTwins(Connection &connection, std::stop_token stop, const std::function<void(Connection &, int)> &work, bool alone, bool keepsReading)
{
    Result<> begun = beginReading(connection);
    if (!begun)
        return failure(begun);
    if (alone || connection.engine() != Engine::Sqlite || std::thread::hardware_concurrency() < 2) {
        work(connection, 1);
        if (!keepsReading)
            connection.rollback();
        return 1;
    }
    Meeting meeting;
    std::thread other([&] { second(connection, stop, meeting, work); });
    meeting.wait();
    for (int i = 0; meeting.secondIsThere && !meeting.isSameState && i < maxBeginnings; ++i) {
        meeting.wait();
        begun = beginReading(connection);
        meeting.firstHasBegun = begun.has_value();
        meeting.wait();
        meeting.wait();
    }
    if (begun)
        work(connection, meeting.isSameState ? 2 : 1);
    other.join();
    if (!begun || !keepsReading)
        connection.rollback();
    if (!begun)
        return failure(begun);
    return meeting.isSameState ? 2 : 1;
}

} // namespace turnstone
