// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/embeddingfill.h"
#include "views/panels/panelservices.h"

#include <QWidget>

#include <stop_token>

class QLabel;
class QPushButton;

namespace turnstone {

struct DatabaseContext;

/// How many texts have no vector yet, and filling them in through the endpoint: asks first, goes batch by batch, can be stopped and taken up
/// again. Hidden while nothing is missing. GUI thread only.
class FillStrip final : public QWidget
{
    Q_OBJECT

public:
    FillStrip(const PanelServices &services, const DatabaseContext &context, QWidget *parent = nullptr);
    ~FillStrip() override;

    void setColumn(const VectorColumn &column);
    void setEndpoint(const EmbeddingEndpoint &endpoint) { m_endpoint = endpoint; }

signals:
    void failed(const turnstone::Error &error);
    void noted(const QString &text);
    /// There is no endpoint to send the texts to.
    void endpointWanted();

private:
    void count();
    /// Tells why, if nothing may be written now.
    bool isRefused();
    void ask();
    void fillNext();
    void showWritten();
    void end();

    const PanelServices &m_services;
    const DatabaseContext &m_context;
    QLabel *m_text;
    QPushButton *m_fill;
    VectorColumn m_column;
    EmbeddingEndpoint m_endpoint;
    MissingEmbeddings m_missing;
    qint64 m_written = 0;
    int m_task = -1;
    std::stop_source m_stop;
};

} // namespace turnstone
