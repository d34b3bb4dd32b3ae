// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLockFile>
#include <QString>

#include <QTest>

#include <memory>

namespace turnstone {

/// A new, empty PostgreSQL database on a server that the environment names; it lives as long as this object.
///
/// Say REQUIRE_DATABASE(database) before using it: it skips the test, audibly, where the variable is not set, and fails it
/// where the server is named but cannot be used. Dropping it throws out whoever is still connected.
class TestDatabase
{
public:
    explicit TestDatabase(const char *variable = "TURNSTONE_TEST_PG_URL");
    /// The server with pgvector; where there is none, PGlite, if it runs. PGlite has one session for all who
    /// connect and one database, which is emptied at both ends and belongs to one test program at a time. So
    /// a test that names this uses one connection after the other, cancels nothing and copies nothing.
    static const char *vectorForOneSession();
    ~TestDatabase();
    TestDatabase(const TestDatabase &) = delete;
    TestDatabase &operator=(const TestDatabase &) = delete;

    /// False where the environment names no server: a reason to skip, not to fail.
    bool isConfigured() const { return !m_serverUrl.isEmpty(); }
    QString skipReason() const;
    /// What went wrong while creating it; empty when it is there.
    QString error() const { return m_error; }

    QString name() const { return m_name; }
    /// User, password (percent-encoded), host and parameters of the server, with the name of this database.
    QString url() const { return m_lock ? m_serverUrl : urlOf(m_name); }
    /// The same for another database of the server.
    QString urlOf(const QString &database) const;

    /// Runs any number of statements in one go; returns the server's message, empty when all went well.
    [[nodiscard]] QString execute(const QString &sql) const;
    /// The first column of the first row, as the server writes it; null when there is none or an error.
    QString value(const QString &sql) const;

private:
    QString m_variable;
    QString m_serverUrl;
    QString m_name;
    QString m_error;
    std::unique_ptr<QLockFile> m_lock; // only for PGlite
};

} // namespace turnstone

#define REQUIRE_DATABASE(database) \
    do { \
        if (!(database).isConfigured()) \
            QSKIP(qPrintable((database).skipReason())); \
        QVERIFY2((database).error().isEmpty(), qPrintable((database).error())); \
    } while (false)
