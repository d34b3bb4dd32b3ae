// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

#include <atomic>

namespace turnstone {

/// A server with /v1/embeddings: vectors of `dimension` numbers from the letters of a text. Lives in a thread of its own.
class FakeEndpoint
{
public:
    FakeEndpoint() : m_server(new QTcpServer)
    {
        m_server->listen(QHostAddress::LocalHost);
        port = m_server->serverPort();
        m_server->moveToThread(&m_thread);
        QObject::connect(m_server, &QTcpServer::newConnection, m_server, [this] {
            QTcpSocket *socket = m_server->nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { read(socket); });
        });
        QObject::connect(&m_thread, &QThread::finished, m_server, &QObject::deleteLater);
        m_thread.start();
    }
    ~FakeEndpoint()
    {
        m_thread.quit();
        m_thread.wait();
    }
    static QJsonArray vectorOf(const QString &text, int dimension = 8)
    {
        QList<double> numbers(dimension, 0.125);
        for (const QChar c : text)
            numbers[c.unicode() % dimension] += 1;
        QJsonArray array;
        for (const double number : numbers)
            array.append(number);
        return array;
    }

    quint16 port = 0;
    QByteArray lastRequest;
    std::atomic<int> requests = 0;
    std::atomic<int> status = 200;
    std::atomic<int> dimension = 8;
    std::atomic<bool> isSilent = false;

private:
    void read(QTcpSocket *socket)
    {
        QByteArray all = socket->property("all").toByteArray() + socket->readAll();
        socket->setProperty("all", all);
        const qsizetype head = all.indexOf("\r\n\r\n");
        const qsizetype at = all.toLower().indexOf("content-length:");
        if (head < 0 || at < 0 || all.size() < head + 4 + all.mid(at + 15, all.indexOf("\r\n", at) - at - 15).trimmed().toLongLong())
            return;
        lastRequest = all;
        ++requests;
        if (isSilent)
            return;
        const QJsonArray texts = QJsonDocument::fromJson(all.mid(head + 4)).object().value(QStringLiteral("input")).toArray();
        QJsonArray data;
        for (qsizetype i = texts.size() - 1; i >= 0; --i) // the index counts, not the order
            data.append(QJsonObject{{QStringLiteral("index"), i}, {QStringLiteral("embedding"), vectorOf(texts.at(i).toString(), dimension)}});
        const QByteArray body = status == 200 ? QJsonDocument(QJsonObject{{QStringLiteral("data"), data}}).toJson() : QByteArray("{\"error\": {\"message\": \"no such model\"}}");
        socket->write("HTTP/1.1 " + QByteArray::number(status) + " Word\r\nContent-Type: application/json\r\nLocation: http://localhost:1/\r\nConnection: close\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
        socket->disconnectFromHost();
    }

    QThread m_thread;
    QTcpServer *m_server;
};

} // namespace turnstone
