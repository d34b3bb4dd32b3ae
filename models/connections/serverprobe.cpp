// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/serverprobe.h"

#include <QCoreApplication>
#include <QStringList>

#include <libpq-fe.h>

#include <algorithm>
#include <memory>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct ServerProbeText
{
    Q_DECLARE_TR_FUNCTIONS(ServerProbe)
};

using ProbeClock = std::chrono::steady_clock;

struct ProbeCloser
{
    void operator()(PGconn *connection) const { PQfinish(connection); }
};

/// One URL a host, with one host each.
std::vector<DatabaseUrl> hostUrls(const DatabaseUrl &url)
{
    const QStringList names = url.parameter(u"host"_s).split(u',');
    const QStringList addresses = url.parameter(u"hostaddr"_s).split(u',');
    const QStringList ports = url.parameter(u"port"_s).split(u',');
    std::vector<DatabaseUrl> urls;
    for (qsizetype i = 0; i < std::max(names.size(), addresses.size()); ++i) {
        DatabaseUrl one = url;
        one.setParameter(u"host"_s, names.value(i));
        one.setParameter(u"hostaddr"_s, addresses.value(i));
        one.setParameter(u"port"_s, ports.size() == 1 ? ports.first() : ports.value(i));
        urls.push_back(one);
    }
    return urls;
}

QString placeOf(const DatabaseUrl &url)
{
    QString host = url.parameter(u"host"_s);
    if (host.isEmpty())
        host = url.parameter(u"hostaddr"_s);
    if (host.isEmpty())
        return url.parameter(u"service"_s).isEmpty() ? ServerProbeText::tr("this computer") : ServerProbeText::tr("service %1").arg(url.parameter(u"service"_s));
    if (host.startsWith(u'/') || host.startsWith(u'@'))
        return host;
    const QString port = url.parameter(u"port"_s);
    return (host.contains(u':') ? u'[' + host + u']' : host) + u':' + (port.isEmpty() ? u"5432"_s : port);
}

/// A sentence for what libpq and the server say in their own words, and one for what to do about it.
Error explained(const PGconn *connection, const QString &words, const HostAnswer &answer)
{
    const QString &place = answer.place;
    const auto says = [&](QLatin1StringView text) { return words.contains(text); };
    if (PQconnectionNeedsPassword(connection))
        return {ErrorCode::Permission, ServerProbeText::tr("%1 wants a password. Type the password of the user.").arg(place), words, -1};
    if (says("authentication failed"_L1)) // of password, peer, certificate …
        return {ErrorCode::Permission,
                ServerProbeText::tr("%1 does not accept this user and password. Check both; capital and small letters count.").arg(place), words, -1};
    if (says("pg_hba.conf"_L1))
        return {ErrorCode::Permission,
                ServerProbeText::tr("%1 does not let this user in from here. Try another SSL mode, or ask for a line in the server's pg_hba.conf.").arg(place), words, -1};
    if (says("does not exist"_L1) && says("database"_L1))
        return {ErrorCode::NotFound,
                ServerProbeText::tr("%1 has no database “%2”. Check the name; capital and small letters count.").arg(place, answer.url.parameter(u"dbname"_s)), words, -1};
    if (says("does not exist"_L1) && says("role"_L1))
        return {ErrorCode::Permission, ServerProbeText::tr("%1 knows no user “%2”. Check the name.").arg(place, answer.url.parameter(u"user"_s)), words, -1};
    if (says("does not support SSL"_L1))
        return {ErrorCode::Connection,
                ServerProbeText::tr("%1 offers no encryption. Choose the SSL mode “prefer”, or “disable” on a network that you trust.").arg(place), words, -1};
    if (says("certificate"_L1))
        return {ErrorCode::Connection,
                ServerProbeText::tr("The certificate of %1 cannot be verified. Choose the root certificate that signed it, or ask who runs the server.").arg(place), words, -1};
    if (says("could not translate host name"_L1))
        return {ErrorCode::Connection,
                ServerProbeText::tr("The name of the host %1 is not known. Check its spelling and whether the network or VPN is connected.").arg(place), words, -1};
    if (says("Connection refused"_L1))
        return {ErrorCode::Connection, ServerProbeText::tr("Nothing listens at %1. Check the port and whether the server runs.").arg(place), words, -1};
    if (says("unreachable"_L1) || says("No route to host"_L1))
        return {ErrorCode::Connection, ServerProbeText::tr("There is no way to %1 from here. Check the host and whether the network or VPN is connected.").arg(place), words, -1};
    if (says("No such file"_L1))
        return {ErrorCode::Connection, ServerProbeText::tr("There is no socket in %1. Check the folder, the port and whether the server runs.").arg(place), words, -1};
    if (says("too many clients"_L1) || says("remaining connection slots"_L1))
        return {ErrorCode::Busy, ServerProbeText::tr("%1 has no free connection. Try again later or close other programs.").arg(place), words, -1};
    if (says("starting up"_L1) || says("shutting down"_L1))
        return {ErrorCode::Connection, ServerProbeText::tr("%1 is being started or stopped. Try again in a moment.").arg(place), words, -1};
    return {ErrorCode::Connection, ServerProbeText::tr("%1 cannot be reached. Check host, port and SSL mode.").arg(place), words, -1};
}

/// One attempt to connect, driven from outside by poll().
class HostAttempt
{
public:
    HostAttempt(DatabaseUrl url, std::chrono::seconds timeout) : m_timeout(timeout), m_deadline(ProbeClock::now() + timeout)
    {
        m_answer.place = placeOf(url);
        m_answer.url = std::move(url);
        QList<DatabaseUrl::Parameter> parameters = m_answer.url.parameters();
        parameters.removeIf([](const auto &p) { return p.first == "target_session_attrs"_L1 || p.first == "connect_timeout"_L1; });
        parameters.append({u"fallback_application_name"_s, u"turnstone"_s});
        if (!m_answer.url.password().isEmpty())
            parameters.append({u"password"_s, m_answer.url.password()});
        std::vector<QByteArray> texts;
        for (const auto &[keyword, value] : parameters) {
            texts.push_back(keyword.toUtf8());
            texts.push_back(value.toUtf8());
        }
        std::vector<const char *> keywords;
        std::vector<const char *> values;
        for (size_t i = 0; i < texts.size(); i += 2) {
            keywords.push_back(texts[i].constData());
            values.push_back(texts[i + 1].constData());
        }
        keywords.push_back(nullptr);
        values.push_back(nullptr);
        m_connection.reset(PQconnectStartParams(keywords.data(), values.data(), 0));
        if (!m_connection || PQstatus(m_connection.get()) == CONNECTION_BAD)
            fail();
    }

    bool isDone() const { return m_isDone; }
    HostAnswer takeAnswer() { return std::move(m_answer); }
    pollfd pollTarget() const { return {PQsocket(m_connection.get()), short(m_waitsFor == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0}; }
    /// Milliseconds; -1 if it has all the time of the world.
    int timeLeft() const
    {
        if (m_timeout.count() == 0)
            return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(m_deadline - ProbeClock::now());
        return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 60'000));
    }

    void advance()
    {
        m_waitsFor = PQconnectPoll(m_connection.get());
        if (m_waitsFor == PGRES_POLLING_FAILED)
            fail();
        else if (m_waitsFor == PGRES_POLLING_OK)
            succeed();
    }

    void expire()
    {
        if (m_timeout.count() == 0 || ProbeClock::now() < m_deadline)
            return;
        end(Error{ErrorCode::Connection,
             ServerProbeText::tr("%1 did not answer within %2 s. Check the host, and whether a firewall or a missing VPN stands in between.")
                 .arg(m_answer.place, QString::number(m_timeout.count())),
             {}, -1});
    }

    void stop() { end(Error{ErrorCode::Cancelled, ServerProbeText::tr("The test was stopped."), {}, -1}); }

private:
    void succeed()
    {
        m_answer.isEncrypted = PQsslInUse(m_connection.get()) != 0;
        if (m_answer.isEncrypted)
            m_answer.encryption = QString::fromUtf8(PQsslAttribute(m_connection.get(), "protocol")) + u", "_s
                + QString::fromUtf8(PQsslAttribute(m_connection.get(), "cipher"));
        if (PQgssEncInUse(m_connection.get())) {
            m_answer.isEncrypted = true;
            m_answer.encryption = u"GSSAPI"_s;
        }
        end(std::nullopt);
    }

    void fail()
    {
        QString words = QString::fromUtf8(PQerrorMessage(m_connection.get())).trimmed();
        if (!m_answer.url.password().isEmpty())
            words.replace(m_answer.url.password(), u"•••"_s);
        end(explained(m_connection.get(), words, m_answer));
    }

    void end(std::optional<Error> error)
    {
        m_answer.error = std::move(error);
        m_isDone = true;
        m_connection.reset();
    }

    const std::chrono::seconds m_timeout;
    const ProbeClock::time_point m_deadline;
    HostAnswer m_answer;
    std::unique_ptr<PGconn, ProbeCloser> m_connection;
    PostgresPollingStatusType m_waitsFor = PGRES_POLLING_WRITING;
    bool m_isDone = false;
};

/// Becomes readable when a stop is asked for.
class StopSignal
{
public:
    explicit StopSignal(const std::stop_token &stop) : m_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), m_onStop(stop, Writer{m_fd}) {}
    ~StopSignal()
    {
        m_onStop.reset();
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Q_DISABLE_COPY_MOVE(StopSignal)

    pollfd pollTarget() const { return {m_fd, POLLIN, 0}; }

private:
    struct Writer
    {
        int fd;
        void operator()() const
        {
            const std::uint64_t one = 1;
            [[maybe_unused]] const auto written = ::write(fd, &one, sizeof one);
        }
    };
    struct Callback
    {
        Callback(const std::stop_token &stop, Writer writer) : callback(std::in_place, stop, writer) {}
        void reset() { callback.reset(); }
        std::optional<std::stop_callback<Writer>> callback;
    };

    const int m_fd;
    Callback m_onStop; // must go before the descriptor does
};

/// Waits until something happens to one of the attempts or a time is over, and lets them go on.
void waitAndAdvance(std::vector<std::unique_ptr<HostAttempt>> &attempts, const StopSignal &signal, const std::stop_token &stop)
{
    std::vector<pollfd> targets{signal.pollTarget()};
    std::vector<HostAttempt *> open;
    int wait = -1;
    for (const auto &attempt : attempts) {
        if (attempt->isDone())
            continue;
        open.push_back(attempt.get());
        targets.push_back(attempt->pollTarget());
        const int left = attempt->timeLeft();
        wait = wait < 0 ? left : left < 0 ? wait : std::min(wait, left);
    }
    ::poll(targets.data(), targets.size(), wait);
    for (size_t i = 0; i < open.size(); ++i) {
        if (stop.stop_requested())
            open[i]->stop();
        else if (targets[i + 1].revents != 0)
            open[i]->advance();
        else
            open[i]->expire();
    }
}

} // namespace

std::vector<HostAnswer> probeHosts(const DatabaseUrl &url, std::chrono::seconds timeout, const std::stop_token &stop)
{
    const StopSignal signal(stop);
    std::vector<std::unique_ptr<HostAttempt>> attempts;
    for (DatabaseUrl &one : hostUrls(url))
        attempts.push_back(std::make_unique<HostAttempt>(std::move(one), timeout));
    while (std::any_of(attempts.cbegin(), attempts.cend(), [](const auto &attempt) { return !attempt->isDone(); }))
        waitAndAdvance(attempts, signal, stop);
    std::vector<HostAnswer> answers;
    for (const auto &attempt : attempts)
        answers.push_back(attempt->takeAnswer());
    return answers;
}

} // namespace turnstone
