// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/embeddingclient.h"
#include "views/panels/panelservices.h"

#include <QDialog>

#include <stop_token>

class QLabel;
class QLineEdit;
class QPushButton;

namespace turnstone {

/// Which server makes vectors of texts: none until somebody names one. Says what is sent where, tries it, keeps address and model in the settings
/// and the key in the keyring. GUI thread only.
class EndpointDialog final : public QDialog
{
    Q_OBJECT

public:
    /// `dimension`: of the vectors to be compared with, 0 if unknown.
    EndpointDialog(const PanelServices &services, EmbeddingEndpoint endpoint, std::size_t dimension, QWidget *parent = nullptr);
    ~EndpointDialog() override;

    /// What the settings name; without the key.
    static EmbeddingEndpoint stored(const PanelServices &services);

signals:
    void chosen(const turnstone::EmbeddingEndpoint &endpoint);

private:
    EmbeddingEndpoint entered() const;
    void tryIt();
    void keep();
    void turnOff();

    const PanelServices &m_services;
    const std::size_t m_dimension;
    QLineEdit *m_url;
    QLineEdit *m_model;
    QLineEdit *m_key;
    QLabel *m_outcome;
    QPushButton *m_try;
    std::stop_source m_stop;
};

} // namespace turnstone
